//! Changes asked of the author, as a form carries them until the decision is sent.

use crate::app::review::NewRequest;
use crate::domain::characters::is_blank;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Part;
use crate::web::form::Fields;
use crate::web::review::passages::ShownParts;

/// The fields of one request; a form repeats all four for each.
const FIELDS: [&str; 4] = ["requests.part", "requests.from", "requests.to", "requests.text"];

/// The requests in a form. One without words is none; one without a passage is about its whole part.
///
/// # Errors
/// A part or place that can't be read.
pub(super) fn read(fields: &Fields, of: &ShownParts) -> Result<Vec<NewRequest>, Violation> {
    let [parts, froms, tos, texts] = FIELDS.map(|name| fields.all(name));
    let mut found = Vec::new();
    for (at, text) in texts.iter().enumerate().filter(|(_, text)| !is_blank(text)) {
        let of_row = |column: &[String]| column.get(at).map(|value| value.trim().to_owned()).unwrap_or_default();
        let field = format!("requests[{}]", found.len());
        let part: Part = of_row(&parts).parse().map_err(|_| Violation::required(format!("{field}.part")))?;
        let length = u32::try_from(of.part(part).chars().count()).unwrap_or(u32::MAX);
        let number = |column: &[String], none: u32| match of_row(column).as_str() {
            "" => Ok(none),
            number => number.parse::<u32>().map_err(|_| Violation::required(format!("{field}.from"))),
        };
        found.push(NewRequest { part, from: number(&froms, 0)?, to: number(&tos, length)?, text: text.clone() });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_passage_is_about_its_whole_part() {
        let of = ShownParts { situation: "门前停满车辆".to_owned(), ..ShownParts::default() };
        let fields = Fields::parse(
            "requests.part=situation&requests.from=2&requests.to=4&requests.text=a&requests.part=&requests.from=&requests.to=&requests.text=&requests.part=situation&requests.from=&requests.to=&requests.text=b"
                .as_bytes(),
        );
        let found = read(&fields, &of).unwrap();
        let places: Vec<(u32, u32, &str)> = found.iter().map(|one| (one.from, one.to, one.text.as_str())).collect();
        assert_eq!(places, [(2, 4, "a"), (0, 6, "b")]);
        assert!(read(&Fields::parse(b"requests.text=a"), &of).is_err(), "no part was chosen");
    }
}
