//! The bodies of authors' requests: a manuscript, changes to it, its joint authors.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::intake::drafts::{DraftChange, NewDraft};
use crate::domain::ids::UserId;
use crate::domain::manuscript::{Declarations, DraftForm};
use crate::domain::vocabulary::Kind;

/// A new manuscript.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "关于缓解县城学校周边停车难的建议",
    "category": "社会建设",
    "kind": "suggestion",
    "situation": "每天上下学时段，实验小学门前三百米道路两侧停满车辆。",
    "causes": "学校周边没有公共停车场，错时停车没有推开。",
    "suggestions": ["由县住建局在实验小学东侧空地建设临时停车场。", "由县公安局交警大队划定接送车辆即停即走区。"],
    "keywords": ["停车", "学校"],
    "declarations": {"may_publish": true, "may_quote_name": true, "classification": "none"},
    "submit": true
}))]
pub struct NewManuscript {
    /// 案由
    #[serde(default)]
    pub title: String,
    /// 类别
    #[serde(default)]
    pub category: String,
    /// 建言, 监督意见 or 调研报告
    #[serde(default)]
    pub kind: Option<Kind>,
    /// 情况问题
    #[serde(default)]
    pub situation: String,
    /// 原因分析
    #[serde(default)]
    pub causes: String,
    /// 建议条目
    #[serde(default)]
    pub suggestions: Vec<String>,
    /// 关键词
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What the author declares; needed to hand it in.
    #[serde(default)]
    pub declarations: Option<Declarations>,
    /// In the name of the author's organisation.
    #[serde(default)]
    pub for_organization: bool,
    /// For staff who enter a paper manuscript (代录): its author.
    #[serde(default)]
    pub author: Option<UserId>,
    /// Hand it in at once.
    #[serde(default)]
    pub submit: bool,
}

impl From<NewManuscript> for NewDraft {
    fn from(of: NewManuscript) -> Self {
        let form = DraftForm {
            title: of.title,
            category: of.category,
            kind: of.kind,
            situation: of.situation,
            causes: of.causes,
            suggestions: of.suggestions,
            keywords: of.keywords,
            declarations: of.declarations,
        };
        Self { form, for_organization: of.for_organization, author: of.author }
    }
}

/// Changes to a draft or a returned manuscript; what is absent stays. `urgent` is for reviewers, the rest for authors.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManuscriptChange {
    /// 案由
    pub title: Option<String>,
    /// 类别
    pub category: Option<String>,
    /// 建言, 监督意见 or 调研报告
    pub kind: Option<Kind>,
    /// 情况问题
    pub situation: Option<String>,
    /// 原因分析
    pub causes: Option<String>,
    /// 建议条目
    pub suggestions: Option<Vec<String>>,
    /// 关键词
    pub keywords: Option<Vec<String>>,
    /// What the author declares.
    pub declarations: Option<Declarations>,
    /// In the name of the author's organisation.
    pub for_organization: Option<bool>,
    /// 急件: set by the reviewer, and then alone.
    pub urgent: Option<bool>,
}

impl From<ManuscriptChange> for DraftChange {
    fn from(of: ManuscriptChange) -> Self {
        Self {
            title: of.title,
            category: of.category,
            kind: of.kind,
            situation: of.situation,
            causes: of.causes,
            suggestions: of.suggestions,
            keywords: of.keywords,
            declarations: of.declarations,
            for_organization: of.for_organization,
        }
    }
}
