//! The languages of the program.

use serde::{Deserialize, Serialize};

/// A language; Chinese by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Lang {
    /// Chinese in simplified characters.
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// All languages.
    pub const ALL: &'static [Self] = &[Self::Zh, Self::En];

    /// Returns the language tag (BCP 47), as in accounts, headers and pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Returns the language that an `Accept-Language` header (RFC 9110, 12.5.4) prefers; Chinese if it names neither.
    #[must_use]
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=").map(str::trim));
            let quality = quality.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            let lang = match tag.split('-').next() {
                Some("zh" | "*") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            if quality > 0.0 && best.is_none_or(|(q, _)| quality > q) {
                best = Some((quality, lang));
            }
        }
        best.map_or_else(Self::default, |(_, lang)| lang)
    }
}

impl std::fmt::Display for Lang {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "zh-CN" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            other => Err(UnknownLang(other.to_owned())),
        }
    }
}

/// A language that the program does not support.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither zh-CN nor en")]
pub struct UnknownLang(
    /// The tag.
    pub String,
);

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_header_is_read_as_the_standard_says() {
        let cases = [
            (None, Lang::Zh),
            (Some(""), Lang::Zh),
            (Some("*"), Lang::Zh),
            (Some("fr, de;q=0.5"), Lang::Zh),
            (Some("en"), Lang::En),
            (Some("EN-gb"), Lang::En),
            (Some("zh-TW,en;q=0.9"), Lang::Zh),
            (Some("en-US,en;q=0.9,zh-CN;q=0.8"), Lang::En),
            (Some("en;q=0.3 , zh-CN;q=0.8"), Lang::Zh),
            (Some("fr, en;q=0.7, *;q=0.1"), Lang::En),
            (Some("en;q=0, zh"), Lang::Zh),
            (Some("en;q=nonsense"), Lang::Zh),
            (Some("english, zh"), Lang::Zh),
        ];
        for (header, lang) in cases {
            assert_eq!(Lang::negotiate(header), lang, "{header:?}");
        }
        for lang in Lang::ALL {
            assert_eq!(lang.as_str().parse(), Ok(*lang));
        }
    }
}
