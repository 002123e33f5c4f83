//! Columns of answers, targets and evidence.

use super::{Column, Kind, Layout};

const LEVELS: &[&str] = &["0", "1", "2", "3", "4", "unknown"];
/// As [`crate::instrument::EvidenceKind::name`] has them.
const KINDS: &[&str] = &[
    "interview",
    "document",
    "law_text",
    "gazette",
    "statistic",
    "system_log",
    "live_probe",
    "audit_report",
];

pub(in crate::sheet) static ANSWERS: Layout = Layout {
    sheet: "Answers",
    path: "answers",
    key: &["indicator"],
    columns: &[
        Column::new("indicator", "Indicator", Kind::Text, "Id of the indicator.")
            .required()
            .wide(12),
        Column::new("title", "Title", Kind::Hint, "For the reader; it is not read.").wide(36),
        Column::new(
            "level",
            "Level",
            Kind::Level(LEVELS),
            "0 to 4, or unknown. Unknown never counts as 0.",
        )
        .also(&["Claimed level"])
        .wide(10),
        Column::new(
            "institution",
            "Institution",
            Kind::Text,
            "Id of the institution that answers.",
        )
        .required(),
        Column::new(
            "respondent",
            "Respondent",
            Kind::Text,
            "Office that answers: a role, not a person's name.",
        )
        .wide(24),
        Column::new("evidence", "Evidence", Kind::List, "Ids from the sheet Evidence.")
            .also(&["Evidence ids"])
            .wide(24),
        Column::new("note", "Note", Kind::Text, "What the level rests on.").wide(40),
        Column::new("question", "Question", Kind::Hint, "For the reader; it is not read.").wide(44),
        Column::new("level_0", "Level 0 means", Kind::Hint, "For the reader; it is not read.")
            .wide(30),
        Column::new("level_1", "Level 1 means", Kind::Hint, "For the reader; it is not read.")
            .wide(30),
        Column::new("level_2", "Level 2 means", Kind::Hint, "For the reader; it is not read.")
            .wide(30),
        Column::new("level_3", "Level 3 means", Kind::Hint, "For the reader; it is not read.")
            .wide(30),
        Column::new("level_4", "Level 4 means", Kind::Hint, "For the reader; it is not read.")
            .wide(30),
    ],
    not_kept: &[],
    says: "One row for each indicator. A row with nothing but the indicator changes nothing.",
};

pub(in crate::sheet) static TARGETS: Layout = Layout {
    sheet: "Targets",
    path: "targets",
    key: &["indicator"],
    columns: &[
        Column::new("indicator", "Indicator", Kind::Text, "Id of the indicator.")
            .required()
            .wide(12),
        Column::new("title", "Title", Kind::Hint, "For the reader; it is not read.").wide(36),
        Column::new(
            "level",
            "Level",
            Kind::Level(&["0", "1", "2", "3", "4"]),
            "Level to reach, 0 to 4.",
        )
        .also(&["Target", "Target level"])
        .wide(10),
        Column::new("by", "By", Kind::Date, "Day, month or year by which it is reached."),
        Column::new(
            "reason",
            "Not planned because",
            Kind::Text,
            "Instead of a level: why, and who decided.",
        )
        .also(&["Not planned"])
        .wide(44),
    ],
    not_kept: &[],
    says: "What the country wants to reach. Without a row it is level 3. A row with nothing but the indicator changes nothing.",
};

pub(in crate::sheet) static EVIDENCE: Layout = Layout {
    sheet: "Evidence",
    path: "evidence",
    key: &["id"],
    columns: &[
        Column::new("id", "Id", Kind::Text, "Any short name that no other evidence has.")
            .required(),
        Column::new(
            "kind",
            "Kind",
            Kind::Word(KINDS),
            "One of the list; it decides how high a level it carries.",
        )
        .required(),
        Column::new("title", "Title", Kind::Text, "As it stands on the document.")
            .required()
            .wide(40),
        Column::new("source", "Source", Kind::Text, "Address of the link, or name of the file.")
            .required()
            .also(&["Link", "File", "URL"])
            .wide(40),
        Column::new("publisher", "Publisher", Kind::Text, "Institution that issued it.")
            .required()
            .wide(24),
        Column::new(
            "date",
            "Date",
            Kind::Date,
            "Day, month or year of issue; unknown if nobody knows.",
        )
        .required(),
        Column::new("expires", "Expires", Kind::Date, "When it stops holding, if it does."),
        Column::new("sha256", "SHA-256", Kind::TextOrNone, "Digest of the file, 64 digits of hex.")
            .wide(30),
    ],
    not_kept: &[],
    says: "What answers rest on: laws, documents, statistics, logs.",
};
