//! Columns of institutions, systems, services, laws and flows. Headers of GovStack's request-for-information sheets
//! are understood as they are.

use super::{Column, Kind, Layout};

const INSTITUTION: &str = "Id from the sheet Institutions.";

pub(in crate::sheet) static INSTITUTIONS: Layout = Layout {
    sheet: "Institutions",
    path: "institutions",
    key: &["id"],
    columns: &[
        Column::new("id", "Id", Kind::Text, "Short name, such as GOV/DIG.").required(),
        Column::new("name", "Name", Kind::Text, "Full name.").required().wide(40),
        Column::new("sector", "Sector", Kind::Text, "In a word: health, tax, social protection."),
    ],
    not_kept: &[],
    says: "Who answers, runs systems and offers services.",
};

pub(in crate::sheet) static SYSTEMS: Layout = Layout {
    sheet: "Systems",
    path: "systems",
    key: &["id"],
    columns: &[
        Column::new("id", "Id", Kind::Text, "Any short name that no other system has.").required(),
        Column::new("name", "Name", Kind::Text, "Full name.")
            .required()
            .also(&["System name"])
            .wide(30),
        Column::new("institution", "Institution", Kind::Text, INSTITUTION)
            .required()
            .also(&["Ministry", "Owner"]),
        Column::new("purpose", "Purpose", Kind::Text, "What it is for.").wide(36),
        Column::new("hosting", "Hosting", Kind::Text, "Where it runs."),
        Column::new("database", "Database", Kind::Text, "Product and version."),
        Column::new("monitoring", "Monitoring", Kind::Text, "Tools that watch it.")
            .also(&["Monitoring tools"]),
        Column::new(
            "capabilities",
            "Capabilities",
            Kind::List,
            "Building Blocks whose work it does: identity; payments.",
        )
        .also(&["Building Blocks"])
        .wide(26),
        Column::new(
            "interfaces",
            "Interfaces",
            Kind::List,
            "What it offers: OpenID Connect; X-Road; REST; file.",
        )
        .wide(26),
        Column::new(
            "uses",
            "Uses",
            Kind::List,
            "Ids of shared systems it uses instead of having its own.",
        ),
        Column::new("shared", "Shared", Kind::YesNo, "Yes if others may use it.").wide(10),
        Column::new("vendor", "Vendor", Kind::Text, "Who maintains it."),
        Column::new("contract_ends", "Contract ends", Kind::Date, "Day, month or year."),
        Column::new("open_source", "Open source", Kind::YesNo, "Yes if its source is open.")
            .wide(12),
        Column::new("since", "Since", Kind::Date, "Since when it runs."),
    ],
    not_kept: &[],
    says: "The systems catalogue: GovStack's sheet, with what siloed duplicates and the draft architecture need.",
};

pub(in crate::sheet) static SERVICES: Layout = Layout {
    sheet: "Services",
    path: "services",
    key: &["id"],
    columns: &[
        Column::new("id", "Id", Kind::Text, "Any short name that no other service has.").required(),
        Column::new("name", "Name", Kind::Text, "As people call it.")
            .required()
            .also(&["Service name"])
            .wide(30),
        Column::new("institution", "Institution", Kind::Text, INSTITUTION)
            .required()
            .also(&["Ministry", "Owner"]),
        Column::new("description", "Description", Kind::Text, "What people get.").wide(36),
        Column::new("sector", "Sector", Kind::Text, "In a word: health, tax, social protection."),
        Column::new(
            "recipients",
            "Recipients",
            Kind::ListOf(&["individual", "business", "agency"]),
            "individual; business; agency",
        )
        .also(&["Recipient", "Recipient (individual, business, agency)"]),
        Column::new(
            "transactions_per_year",
            "Transactions per year",
            Kind::Number(u64::MAX),
            "A whole number.",
        )
        .also(&["Transactions/year"]),
        Column::new(
            "customers_per_year",
            "Customers per year",
            Kind::Number(u64::MAX),
            "A whole number.",
        )
        .also(&["Customers/year"]),
        Column::new(
            "visits",
            "Visits",
            Kind::Number(u32::MAX as u64),
            "Visits to an office that one case needs.",
        )
        .also(&["Visits needed"])
        .wide(10),
        Column::new("documents", "Documents", Kind::List, "Papers that people must bring.")
            .also(&["Documents required"])
            .wide(26),
        Column::new("agencies", "Agencies", Kind::List, "Others that take part.")
            .also(&["Agencies involved"]),
        Column::new("channels", "Channels", Kind::List, "Counter; web; phone; agent."),
        Column::new("languages", "Languages", Kind::List, "Languages it is offered in."),
        Column::new("link", "Link", Kind::Text, "Address of the service.").also(&["URL"]).wide(30),
        Column::new(
            "digital_level",
            "Digital level",
            Kind::Level(&["1", "2", "3", "4", "5"]),
            "1 information, 2 form to download, 3 web form, 4 fully online, 5 proactive.",
        )
        .wide(10),
        Column::new("cross_border", "Cross-border", Kind::YesNo, "Yes if people abroad use it.")
            .wide(12),
        Column::new("legal_basis", "Legal basis", Kind::Text, "Law and section."),
        Column::new(
            "vulnerable_groups",
            "Vulnerable groups",
            Kind::YesNo,
            "Yes if it reaches those often left out.",
        )
        .wide(12),
        Column::new(
            "rights_critical",
            "Rights critical",
            Kind::YesNo,
            "Yes if rights depend on it.",
        )
        .wide(12),
        Column::new(
            "commitment",
            "Commitment",
            Kind::Level(&["0", "1", "2", "3", "4"]),
            "0 none to 4: how firmly the government has committed itself.",
        )
        .wide(12),
        Column::new("needs", "Needs", Kind::List, "Building Blocks it needs: identity; payments.")
            .wide(26),
        Column::new("systems", "Systems", Kind::List, "Ids of the systems behind it.").wide(26),
        Column::new(
            "satisfaction",
            "Satisfaction",
            Kind::Number(u8::MAX as u64),
            "As measured, a whole number.",
        )
        .also(&["Satisfaction metric"])
        .wide(12),
        Column::new("challenges", "Challenges", Kind::List, "Regulation; infrastructure; skills.")
            .also(&["Challenges (regulation, infrastructure, skills)"])
            .wide(26),
    ],
    not_kept: &[
        "Prerequisites",
        "Eligibility checks",
        "Requests/week",
        "Year of operation",
        "PPP?",
        "FDI potential?",
        "Regional-harmonisation potential?",
        "Key metrics",
    ],
    says: "The service catalogue: GovStack's sheet, with what ranking needs.",
};

pub(in crate::sheet) static LAWS: Layout = Layout {
    sheet: "Laws",
    path: "laws",
    key: &["id"],
    columns: &[
        Column::new("id", "Id", Kind::Text, "Any short name that no other law has.").required(),
        Column::new("name", "Name", Kind::Text, "Full name.").required().wide(40),
        Column::new(
            "level",
            "Level",
            Kind::Word(&["soft", "regional", "national"]),
            "One of the list.",
        )
        .required(),
        Column::new(
            "status",
            "Status",
            Kind::Word(&["in force", "draft", "missing"]),
            "One of the list.",
        )
        .required(),
        Column::new("date", "Date", Kind::Date, "Day, month or year."),
        Column::new("articles", "Articles", Kind::Text, "Sections that matter here."),
        Column::new(
            "covers",
            "Covers",
            Kind::List,
            "identity; payments; exchange; data protection.",
        )
        .wide(30),
    ],
    not_kept: &[],
    says: "The legal register, with what is only drafted or missing.",
};

pub(in crate::sheet) static FLOWS: Layout = Layout {
    sheet: "Flows",
    path: "flows",
    key: &["from", "to", "subject", "path"],
    columns: &[
        Column::new("from", "From", Kind::Text, INSTITUTION).required(),
        Column::new("to", "To", Kind::Text, INSTITUTION).required(),
        Column::new("subject", "Subject", Kind::Text, "What the data are about.")
            .required()
            .wide(30),
        Column::new(
            "path",
            "Path",
            Kind::Word(&["exchange", "private link", "file", "paper"]),
            "One of the list.",
        )
        .required(),
        Column::new(
            "agreement",
            "Agreement",
            Kind::TextOrNone,
            "Name of the data sharing agreement.",
        )
        .wide(26),
        Column::new("legal_basis", "Legal basis", Kind::TextOrNone, "Law and section.").wide(26),
        Column::new(
            "calls",
            "Calls",
            Kind::Number(u64::MAX),
            "Successful calls in the window; empty when only told.",
        ),
    ],
    not_kept: &[],
    says: "Data that go from one institution to another.",
};
