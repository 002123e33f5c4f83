//! Verhoeff's check digit (J. Verhoeff, "Error Detecting Decimal Codes", 1969): catches every single wrong digit and every
//! swap of two neighbours, the two mistakes people make most when they read a number out. UINs and VIDs end in one.

/// Multiplication in the dihedral group of the pentagon: order matters in it, which is why swaps are seen.
const PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// What a digit becomes at each place from the right; repeats every eight places.
const PERMUTATION: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

const INVERSE: [char; 10] = ['0', '4', '3', '2', '1', '5', '6', '7', '8', '9'];

/// `digits` with the check digit at its end. For numbers we make ourselves.
///
/// # Panics
/// If `digits` is empty or has anything but the ASCII digits 0 to 9.
#[must_use]
pub fn append(digits: &str) -> String {
    assert!(!digits.is_empty(), "a check digit needs digits before it");
    let sum = checksum(digits, 1).expect("a check digit is made for digits only");
    let mut checked = String::with_capacity(digits.len() + 1);
    checked.push_str(digits);
    checked.push(INVERSE[usize::from(sum)]);
    checked
}

/// Whether `number` is at least two ASCII digits of which the last is the right check digit. For what people typed.
#[must_use]
pub fn is_valid(number: &str) -> bool {
    number.len() >= 2 && checksum(number, 0) == Some(0)
}

/// The group product over the digits, the rightmost standing at `first_place`; none if something is no digit.
fn checksum(digits: &str, first_place: usize) -> Option<u8> {
    let mut sum = 0_u8;
    for (place, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return None;
        }
        let digit = PERMUTATION[(first_place + place) % 8][usize::from(byte - b'0')];
        sum = PRODUCT[usize::from(sum)][usize::from(digit)];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn known_values() {
        // 236 -> 3 is the worked example in the literature; the others were computed with python-stdnum's stdnum.verhoeff.
        for (digits, checked) in [
            ("236", "2363"),
            ("12345", "123451"),
            ("142857", "1428570"),
            ("0", "04"),
            ("987654321098765", "9876543210987659"),
        ] {
            assert_eq!(append(digits), checked);
            assert!(is_valid(checked), "{checked}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_checked_number() {
        for number in ["", "0", "5", "2364", "236 3", "236-3", "２３６３", "-2363"] {
            assert!(!is_valid(number), "{number}");
        }
    }

    #[test]
    #[should_panic(expected = "digits only")]
    fn a_letter_gets_no_check_digit() {
        let _ = append("12a");
    }

    #[test]
    #[should_panic(expected = "needs digits")]
    fn nothing_gets_no_check_digit() {
        let _ = append("");
    }

    #[test]
    fn the_tables_are_those_of_the_group() {
        for (a, row) in PRODUCT.iter().enumerate() {
            let mut sorted = *row;
            sorted.sort_unstable();
            assert_eq!(sorted, PRODUCT[0]);
            let inverse = usize::from(INVERSE[a] as u8 - b'0');
            assert_eq!(row[inverse], 0);
            for b in 0..10 {
                for c in 0..10 {
                    let left = PRODUCT[usize::from(row[b])][c];
                    assert_eq!(left, row[usize::from(PRODUCT[b][c])]);
                }
            }
        }
        for place in 1..8 {
            let repeated = PERMUTATION[place - 1].map(|digit| PERMUTATION[1][usize::from(digit)]);
            assert_eq!(PERMUTATION[place], repeated);
        }
    }

    proptest! {
        #[test]
        fn every_single_wrong_digit_is_seen(digits in "[0-9]{1,20}", at: usize, change in 1..10_u8) {
            let mut bytes = append(&digits).into_bytes();
            let at = at % bytes.len();
            bytes[at] = b'0' + (bytes[at] - b'0' + change) % 10;
            prop_assert!(!is_valid(&String::from_utf8(bytes).unwrap()));
        }

        #[test]
        fn every_swap_of_neighbours_is_seen(digits in "[0-9]{1,20}", at in any::<usize>()) {
            let mut bytes = append(&digits).into_bytes();
            let at = at % (bytes.len() - 1);
            let same = bytes[at] == bytes[at + 1];
            bytes.swap(at, at + 1);
            prop_assert_eq!(is_valid(&String::from_utf8(bytes).unwrap()), same);
        }
    }
}
