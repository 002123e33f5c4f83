//! Residents of the invented country: plausible, many, and the same for the same seed. No name, number
//! or place is anybody's.

use basis::{PartialDate, PersonName, Rng};

/// What two-part names are made of. Syllables of our own, so that no real name list is copied.
const GIVEN_STARTS: [&str; 20] = [
    "Ba", "Chi", "Da", "Fa", "Ha", "Ime", "Jo", "Ka", "Lu", "Ma", "Ne", "Oba", "Pe", "Ra", "Sa",
    "Ta", "Umi", "Wa", "Ya", "Ze",
];
const GIVEN_ENDS: [&str; 16] = [
    "ba", "dari", "fia", "hema", "jani", "kulu", "lia", "mani", "nuru", "pendo", "rika", "sheli",
    "tumi", "vuni", "wezi", "zuri",
];
const FAMILY_STARTS: [&str; 18] = [
    "Amba", "Bora", "Dalo", "Goma", "Hanga", "Kito", "Lemba", "Mbali", "Ndolo", "Onda", "Pamba",
    "Rongo", "Simba", "Tamba", "Undu", "Wanda", "Yombe", "Zanda",
];
const FAMILY_ENDS: [&str; 10] = ["", "no", "ri", "si", "lo", "wa", "ke", "ni", "do", "ma"];

/// Districts, with the code that their places begin with.
const DISTRICTS: [(&str, &str); 8] = [
    ("Lake East", "TB-03"),
    ("Lake West", "TB-04"),
    ("Hills", "TB-07"),
    ("Upper Plains", "TB-09"),
    ("Lower Plains", "TB-10"),
    ("Coast North", "TB-12"),
    ("Coast South", "TB-13"),
    ("Capital", "TB-01"),
];

/// Of a thousand persons, how many have a name of one word.
const ONE_WORD: u64 = 60;
/// Of a thousand, how many know the month they were born in and not the day.
const MONTH_ONLY: u64 = 90;
/// Of a thousand, how many know no more than the year.
const YEAR_ONLY: u64 = 60;
/// Of a thousand, how many gave an account that was closed since.
const CLOSED: u64 = 5;

/// A resident, as books and forms have them.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The name; one word for some.
    pub name: PersonName,
    /// `female` or `male`.
    pub sex: &'static str,
    /// When they were born; partial for some.
    pub born: PartialDate,
    /// Code of the place of birth.
    pub place: String,
    /// Name of the district they live in.
    pub district: &'static str,
    /// Members of their household.
    pub household: u64,
    /// A number that no network gives out.
    pub phone: String,
    /// Where they are paid: `COM/LAKEBANK` or `COM/SIMU`.
    pub provider: &'static str,
    /// Account or wallet there. Those that end in 999999 are closed.
    pub account: String,
}

/// Draws one resident after the other, without end.
pub struct People {
    rng: Rng,
    number: u64,
}

impl People {
    /// The residents that begin with this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { rng: Rng::seeded(seed), number: 0 }
    }

    fn one_of<T: Copy>(&self, list: &[T]) -> T {
        let place = self.rng.u64_below(list.len() as u64);
        list[usize::try_from(place).unwrap_or_default()]
    }

    /// True for `share` of a thousand.
    fn for_some(&self, share: u64) -> bool {
        self.rng.u64_below(1_000) < share
    }

    fn name(&self) -> PersonName {
        let given = format!("{}{}", self.one_of(&GIVEN_STARTS), self.one_of(&GIVEN_ENDS));
        let right = "letters make a name";
        if self.for_some(ONE_WORD) {
            return PersonName::new(&given).expect(right);
        }
        let family = format!("{}{}", self.one_of(&FAMILY_STARTS), self.one_of(&FAMILY_ENDS));
        let name = PersonName::new(&format!("{given} {family}")).expect(right);
        let name = name.with_given(&given).expect(right);
        name.with_family(&family).expect(right)
    }

    fn born(&self) -> PartialDate {
        let year = 1950 + self.rng.u64_below(58);
        let (month, day) = (1 + self.rng.u64_below(12), 1 + self.rng.u64_below(28));
        let text = if self.for_some(YEAR_ONLY) {
            format!("{year}")
        } else if self.for_some(MONTH_ONLY) {
            format!("{year}-{month:02}")
        } else {
            format!("{year}-{month:02}-{day:02}")
        };
        text.parse().expect("a date that the calendar has")
    }

    fn account(&self, provider: &str) -> String {
        let number = self.number;
        match (self.for_some(CLOSED), provider) {
            (true, _) => format!("LB-{number:06}-999999"),
            (false, "COM/SIMU") => format!("+000{number:08}1"),
            (false, _) => format!("LB-{number:06}-{:06}", 100_000 + self.rng.u64_below(800_000)),
        }
    }
}

impl Iterator for People {
    type Item = Person;

    fn next(&mut self) -> Option<Person> {
        self.number += 1;
        let (district, code) = self.one_of(&DISTRICTS);
        let provider = self.one_of(&["COM/SIMU", "COM/LAKEBANK", "COM/SIMU"]);
        Some(Person {
            name: self.name(),
            sex: self.one_of(&["female", "male"]),
            born: self.born(),
            place: format!("{code}-{:03}", 100 + self.rng.u64_below(40)),
            district,
            household: 1 + self.rng.u64_below(9),
            phone: format!("+000 {:08}", self.number),
            provider,
            account: self.account(provider),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_makes_the_same_country_and_another_another() {
        let people = |seed| People::seeded(seed).take(200).collect::<Vec<_>>();
        assert_eq!(people(1), people(1));
        assert_ne!(people(1), people(2));
    }

    #[test]
    fn residents_differ_as_residents_do() {
        let people: Vec<Person> = People::seeded(7).take(5_000).collect();
        let share = |is: fn(&Person) -> bool| people.iter().filter(|person| is(person)).count();
        assert!((150..450).contains(&share(|person| person.name.family().is_none())));
        assert!((400..1_000).contains(&share(|person| person.born.to_string().len() < 10)));
        assert!((5..70).contains(&share(|person| person.account.ends_with("999999"))));
        assert!(share(|person| person.sex == "female") > 2_000);
        let accounts: BTreeSet<&str> = people.iter().map(|it| it.account.as_str()).collect();
        assert_eq!(accounts.len(), people.len(), "no two share an account");
        let districts: BTreeSet<&str> = people.iter().map(|it| it.district).collect();
        assert_eq!(districts.len(), DISTRICTS.len());
    }
}
