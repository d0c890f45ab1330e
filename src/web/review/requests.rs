//! Requests for changes as a form carries them: four columns, of which a request is one row. Without scripts a row has no passage, and is
//! about its whole part.

use serde::Deserialize;

use crate::app::review::NewRequest;
use crate::domain::characters::is_blank;
use crate::web::fields::Fields;

const COLUMNS: [&str; 4] = ["requests.part", "requests.from", "requests.to", "requests.text"];

/// The fields with each row that has words under the names of the command, as `requests[0].part`.
pub(super) fn as_input(fields: &Fields) -> Fields {
    let columns = COLUMNS.map(|name| fields.all(name));
    let rows = columns[3].iter().enumerate().filter(|(_, text)| !is_blank(text)).map(|(row, _)| row);
    let mut list: Vec<(String, String)> = fields.carried().filter(|(name, _)| !name.starts_with("requests")).cloned().collect();
    for (at, row) in rows.enumerate() {
        for (name, column) in COLUMNS.iter().zip(&columns) {
            let value = column.get(row).map(|value| value.trim().to_owned()).unwrap_or_default();
            list.extend((!value.is_empty()).then(|| (name.replace("requests", &format!("requests[{at}]")), value)));
        }
    }
    Fields::from(list)
}

/// The requests of a decision that is not finished; those that can't be read are left out.
pub(super) fn unfinished(fields: &Fields) -> Vec<NewRequest> {
    #[derive(Deserialize)]
    struct Unfinished {
        #[serde(default)]
        requests: Vec<NewRequest>,
    }
    as_input(fields).input::<Unfinished>().map(|read| read.requests).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_passage_is_about_its_whole_part() {
        let fields = Fields::parse(
            "requests.part=situation&requests.from=2&requests.to=4&requests.text=a&requests.part=&requests.from=&requests.to=&requests.text=&requests.part=situation&requests.from=&requests.to=&requests.text=b"
                .as_bytes(),
        );
        let found = unfinished(&fields);
        let places: Vec<(u32, Option<u32>, &str)> = found.iter().map(|one| (one.from, one.to, one.text.as_str())).collect();
        assert_eq!(places, [(2, Some(4), "a"), (0, None, "b")]);
        assert!(unfinished(&Fields::parse(b"requests.text=a")).is_empty(), "no part was chosen");
    }
}
