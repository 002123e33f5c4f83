//! Reading a form with a file (`multipart/form-data`, RFC 7578) that is in memory and bounded.

/// One field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'b> {
    pub name: String,
    /// None for a field that is no file; empty where no file was chosen.
    pub file_name: Option<String>,
    pub media_type: String,
    pub content: &'b [u8],
}

/// Most fields; our forms have fewer.
const PARTS_MAX: usize = 100;

/// The boundary that a content type names; none if it is no such form.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = rest.split(';').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value.trim_matches('"'))
    })?;
    // RFC 2046 section 5.1.1.
    (1..=70).contains(&named.len()).then_some(named)
}

/// The fields in the order sent; none if it is cut off or is no form.
pub(super) fn parts<'b>(boundary: &str, body: &'b [u8]) -> Option<Vec<Part<'b>>> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    let mut all = Vec::new();
    while !rest.starts_with(b"--") {
        if all.len() == PARTS_MAX {
            return None;
        }
        let (head, after) = split(rest.strip_prefix(b"\r\n")?, b"\r\n\r\n")?;
        let (content, next) = split(after, delimiter.as_bytes())?;
        all.push(part(std::str::from_utf8(head).ok()?, content)?);
        rest = next;
    }
    Some(all)
}

fn part<'b>(head: &str, content: &'b [u8]) -> Option<Part<'b>> {
    let header = |wanted: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.next().map(|(_, value)| value.trim())
    };
    let disposition = header("content-disposition")?;
    Some(Part {
        name: quoted(disposition, "; name=\"")?,
        file_name: quoted(disposition, "; filename=\""),
        media_type: header("content-type").unwrap_or_default().to_owned(),
        content,
    })
}

/// The text in quotes after `start`. Browsers write a quote in it as `%22`.
fn quoted(header: &str, start: &str) -> Option<String> {
    let (_, after) = header.split_once(start)?;
    let (text, _) = after.split_once('"')?;
    Some(text.replace("%22", "\"").replace("%0D", "").replace("%0A", ""))
}

fn split<'b>(bytes: &'b [u8], at: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let place = bytes.windows(at.len()).position(|window| window == at)?;
    Some((&bytes[..place], &bytes[place + at.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x1\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nMinutes\r\n\
        --x1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.pdf\"\r\n\
        Content-Type: application/pdf\r\n\r\n%PDF\r\n--x\r\n\r\n--x1--\r\n";

    #[test]
    fn fields_and_files_come_out_as_they_were_sent() {
        assert_eq!(boundary("multipart/form-data; boundary=\"x1\""), Some("x1"));
        let all = parts("x1", BODY.as_bytes()).expect("a form");
        assert_eq!((all[0].name.as_str(), all[0].content), ("title", b"Minutes".as_slice()));
        assert_eq!(all[0].file_name, None);
        assert_eq!(all[1].file_name.as_deref(), Some("a \"b\".pdf"));
        assert_eq!(all[1].media_type, "application/pdf");
        assert_eq!(
            all[1].content, b"%PDF\r\n--x\r\n",
            "what only looks like a boundary is content"
        );
    }

    #[test]
    fn what_is_cut_off_or_no_form_is_refused() {
        for cut in 0..BODY.len() - 4 {
            assert!(parts("x1", &BODY.as_bytes()[..cut]).is_none(), "cut at {cut}");
        }
        assert!(parts("x2", BODY.as_bytes()).is_none());
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        let nameless = "--x1\r\nContent-Disposition: form-data\r\n\r\na\r\n--x1--\r\n";
        assert!(parts("x1", nameless.as_bytes()).is_none());
    }
}
