//! Probes of the instrument that are not built, each with the reason. Reports show them: silence would look like
//! approval.

/// Why `probe` cannot be run.
#[must_use]
pub fn reason(probe: &str) -> &'static str {
    match probe {
        "P-CRVS" | "P-EVENT" | "P-SVC-E2E" => {
            "not built: writes to the target, with a synthetic person"
        }
        "P-PAY-XFER" => {
            "not built: there is no look-up of payees and no quote between two providers here to try"
        }
        "P-PAY-P2G" => "not built: there are no bills of the government here to pay",
        "P-REG-READ" | "P-KYC" => {
            "not built: needs a test institution with a key on the target's exchange"
        }
        "P-SIGN" => "not built: no service for signatures of persons is built here to try it on",
        "P-VCI" => "not built: no wallet is built here to try it on",
        "P-USSD" => "not built: no menu for basic phones is built here to try it on",
        "P-BBTEST" => "not built: the Building Block test scenarios run apart from probes",
        "P-OIDC-RP" | "P-ENROL-STATS" | "P-FAILRATE" | "P-PAY-STATS" | "P-PAY-PART"
        | "P-OPENDATA" => "not built: there is no agreed address for these published statistics",
        "P-DECIDE" | "P-BACKUP" | "P-VOCAB" | "P-ALT" => {
            "not built: there is no agreed address for this register"
        }
        "P-REUSE" | "P-ONCEONLY" => {
            "not built: crosses catalogues of several institutions, not one target"
        }
        fed if fed.starts_with("P-FED-") => "not built: needs a second country that runs",
        _ => "this version does not know the probe",
    }
}
