//! Which text of a manuscript is shown: the author's, the office's, or as it was issued.

use crate::web::manuscript::page::ManuscriptPageData;

/// Whose words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum ShownVersion {
    /// 原稿
    Original,
    /// 定稿
    Edited,
    /// 刊发稿
    Issued,
}

impl ShownVersion {
    /// As the address names it.
    pub(in crate::web) const fn key(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Edited => "edited",
            Self::Issued => "issued",
        }
    }

    /// The key of its name.
    pub(in crate::web) const fn name(self) -> &'static str {
        match self {
            Self::Original => "man-version-original",
            Self::Edited => "man-version-edited",
            Self::Issued => "man-version-issued",
        }
    }

    /// What an address names.
    pub(in crate::web) fn of(key: &str) -> Option<Self> {
        [Self::Original, Self::Edited, Self::Issued].into_iter().find(|version| version.key() == key)
    }
}

/// The versions that the reader may choose among.
pub(in crate::web) struct VersionChoices<'w> {
    whole: &'w ManuscriptPageData,
}

/// The parts of one.
pub(in crate::web) struct Parts<'w> {
    pub situation: &'w str,
    pub causes: &'w str,
    pub suggestions: &'w [String],
}

impl<'w> VersionChoices<'w> {
    pub(in crate::web) const fn of(whole: &'w ManuscriptPageData) -> Self {
        Self { whole }
    }

    /// Those that there are.
    pub(in crate::web) fn all(&self) -> Vec<ShownVersion> {
        let edited = self.whole.view.edited_text.is_some().then_some(ShownVersion::Edited);
        let issued = self.whole.issued.is_some().then_some(ShownVersion::Issued);
        [Some(ShownVersion::Original), edited, issued].into_iter().flatten().collect()
    }

    /// The wanted one, else the one that goes out.
    pub(in crate::web) fn pick(&self, wanted: Option<ShownVersion>) -> ShownVersion {
        let all = self.all();
        let goes_out = match (&self.whole.issued, self.whole.view.outgoing_edited()) {
            (Some(_), _) => ShownVersion::Issued,
            (None, Some(_)) => ShownVersion::Edited,
            (None, None) => ShownVersion::Original,
        };
        wanted.filter(|version| all.contains(version)).unwrap_or(goes_out)
    }

    /// Its parts.
    pub(in crate::web) fn parts(&self, version: &ShownVersion) -> Parts<'w> {
        let view = &self.whole.view;
        match (version, &view.edited_text, &self.whole.issued) {
            (ShownVersion::Issued, _, Some(text)) => {
                Parts { situation: &text.situation, causes: &text.causes, suggestions: &text.suggestions }
            }
            (ShownVersion::Edited, Some(text), _) => {
                Parts { situation: &text.situation, causes: &text.causes, suggestions: &text.suggestions }
            }
            _ => Parts { situation: &view.situation, causes: &view.causes, suggestions: &view.suggestions },
        }
    }

    /// The first and the last version that can be compared.
    pub(in crate::web) fn ends(&self) -> Option<(usize, usize)> {
        match self.whole.versions.as_slice() {
            [first, .., last] => Some((first.revision, last.revision)),
            _ => None,
        }
    }
}

impl<'w> Parts<'w> {
    /// The paragraphs of the situation.
    pub(in crate::web) fn situation(&self) -> impl Iterator<Item = &'w str> {
        paragraphs(self.situation)
    }

    /// The paragraphs of the causes.
    pub(in crate::web) fn causes(&self) -> impl Iterator<Item = &'w str> {
        paragraphs(self.causes)
    }
}

/// A paragraph a line, without empty ones.
pub(in crate::web) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
