//! Canonical JSON (RFC 8785), so that a snapshot has one spelling and one hash.

use serde_json::Value;

/// The largest integer every JSON reader keeps exactly: 2^53 - 1 (RFC 8785 section 3.2.2.3).
const LARGEST_EXACT: u64 = (1 << 53) - 1;

/// The value has a number that other readers could round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical: write fractions and integers beyond 2^53 - 1 as text")]
pub struct NotCanonical;

/// The one spelling of `value`: no white space, members ordered by the UTF-16 units of their names.
///
/// # Errors
/// [`NotCanonical`] when a number is a fraction or lies beyond 2^53 - 1. RFC 8785 would print it by
/// the rules of ECMAScript; we keep no such numbers, so we refuse instead of carrying that printer.
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, out: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let exact = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            exact.filter(|size| *size <= LARGEST_EXACT).ok_or(NotCanonical)?;
            out.push_str(&number.to_string());
        }
        Value::String(text) => write_string(text, out),
        Value::Array(items) => write_between(out, ['[', ']'], items.iter(), write)?,
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            write_between(out, ['{', '}'], members.into_iter(), |(name, value), out| {
                write_string(name, out);
                out.push(':');
                write(value, out)
            })?;
        }
    }
    Ok(())
}

/// serde_json escapes exactly what RFC 8785 section 3.2.2.2 asks for, in the same spelling.
fn write_string(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

fn write_between<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl Iterator<Item = T>,
    write_item: impl Fn(T, &mut String) -> Result<(), NotCanonical>,
) -> Result<(), NotCanonical> {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_item(item, out)?;
    }
    out.push(close);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical_of(text: &str) -> Result<String, NotCanonical> {
        canonical(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn members_are_ordered_by_utf_16_units_as_in_rfc_8785_section_3_2_3() {
        let mixed = r#"{"\u20ac":"Euro","\r":"CR","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Smile","\u0080":"Control","\u00f6":"O"}"#;
        let names: Vec<_> = canonical_of(mixed)
            .unwrap()
            .split(',')
            .map(|member| member.split(':').nth(1).unwrap().trim_matches(['"', '}']).to_owned())
            .collect();
        assert_eq!(names, ["CR", "One", "Control", "O", "Euro", "Smile", "Hebrew"]);
    }

    #[test]
    fn strings_are_escaped_as_in_rfc_8785_section_3_2_2_2() {
        let input = r#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#;
        assert_eq!(canonical_of(input).unwrap(), r#"{"string":"€$\u000f\nA'B\"\\\\\"/"}"#);
    }

    #[test]
    fn white_space_goes_and_order_within_arrays_stays() {
        assert_eq!(
            canonical_of(" [ 3, 1, {\"b\":null, \"a\":[]} , {} ]").unwrap(),
            r#"[3,1,{"a":[],"b":null},{}]"#
        );
    }

    #[test]
    fn numbers_another_reader_could_round_are_refused() {
        assert_eq!(canonical_of("9007199254740991").unwrap(), "9007199254740991");
        assert_eq!(canonical_of("-9007199254740991").unwrap(), "-9007199254740991");
        for number in
            ["9007199254740992", "-9007199254740992", "1.5", "1e3", "18446744073709551615"]
        {
            assert_eq!(canonical_of(number), Err(NotCanonical), "{number}");
        }
    }
}
