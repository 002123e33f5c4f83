//! The rules as a table: what is asked of which ledger, and what is answered. Reads as the specification.

use crate::model::{
    Account, Balance, Closing, Field, Limit, Opening, Outcome, Refusal, Transfer, Verdict,
};
use crate::state::{State, apply, verdict};
use basis::{Id, Timestamp};

const KES: u32 = 404;
const UGX: u32 = 800;

/// The outside world: no limit.
const WORLD: Id = Id::from_bytes([1; 16]);
/// Holds 100; may not be overdrawn.
const ALICE: Id = Id::from_bytes([2; 16]);
/// Holds nothing; may not be overdrawn.
const BOB: Id = Id::from_bytes([3; 16]);
/// Gave 50; may not receive more than it gave.
const RESERVE: Id = Id::from_bytes([4; 16]);
/// Another currency.
const UGANDA: Id = Id::from_bytes([5; 16]);
/// Closed, empty.
const CLOSED: Id = Id::from_bytes([6; 16]);
/// Never opened.
const NOBODY: Id = Id::from_bytes([7; 16]);

fn id(n: u8) -> Id {
    let mut bytes = [0; 16];
    bytes[15] = n;
    Id::from_bytes(bytes)
}

fn account(id: Id, ledger: u32, limit: Limit) -> Account {
    Account { id, ledger, code: 1, limit }
}

fn transfer(n: u8, debit: Id, credit: Id, amount: i64) -> Transfer {
    Transfer { id: id(n), debit, credit, amount, ledger: KES, code: 1, occurred: Timestamp::EPOCH }
}

fn world() -> State {
    let mut state = State::new(1_000);
    for opened in [
        account(WORLD, KES, Limit::None),
        account(ALICE, KES, Limit::DebitsMustNotExceedCredits),
        account(BOB, KES, Limit::DebitsMustNotExceedCredits),
        account(RESERVE, KES, Limit::CreditsMustNotExceedDebits),
        account(UGANDA, UGX, Limit::None),
        account(CLOSED, KES, Limit::None),
    ] {
        assert_eq!(state.open(&opened), Opening::Opened);
    }
    assert_eq!(state.close(CLOSED), Closing::Closed);
    assert_eq!(apply(&mut state, &transfer(201, WORLD, ALICE, 100)), Outcome::Posted);
    assert_eq!(apply(&mut state, &transfer(202, RESERVE, WORLD, 50)), Outcome::Posted);
    state
}

fn balance(state: &State, account: Id) -> Balance {
    state.account(account).unwrap().balance
}

#[test]
fn each_transfer_is_answered_by_the_first_rule_it_breaks() {
    use Refusal as R;
    let refused = Outcome::Refused;
    let base = transfer(1, ALICE, BOB, 10);
    let zero = Id::from_bytes([0; 16]);
    #[rustfmt::skip]
    let table = [
        // what                                          the transfer                                        the answer
        ("plain",                                        base,                                               Outcome::Posted),
        ("all that is there",                            transfer(1, ALICE, BOB, 100),                       Outcome::Posted),
        ("into a reserve up to what it gave",            transfer(1, WORLD, RESERVE, 50),                    Outcome::Posted),
        ("no limit, largest amount",                     transfer(1, WORLD, ALICE, i64::MAX),                Outcome::Posted),
        ("no id",                                        Transfer { id: zero, ..base },                      refused(R::IdMustNotBeZero)),
        ("no amount",                                    Transfer { amount: 0, ..base },                     refused(R::AmountMustBePositive)),
        ("negative amount",                              Transfer { amount: -1, ..base },                    refused(R::AmountMustBePositive)),
        ("smallest amount",                              Transfer { amount: i64::MIN, ..base },              refused(R::AmountMustBePositive)),
        ("no reason",                                    Transfer { code: 0, ..base },                       refused(R::CodeMustNotBeZero)),
        ("to oneself",                                   Transfer { credit: ALICE, ..base },                 refused(R::AccountsMustBeDifferent)),
        ("to oneself, who does not exist",               transfer(1, NOBODY, NOBODY, 1),                     refused(R::AccountsMustBeDifferent)),
        ("from nobody",                                  Transfer { debit: NOBODY, ..base },                 refused(R::DebitAccountNotFound)),
        ("to nobody",                                    Transfer { credit: NOBODY, ..base },                refused(R::CreditAccountNotFound)),
        ("to nobody, overdrawn",                         transfer(1, ALICE, NOBODY, 101),                    refused(R::CreditAccountNotFound)),
        ("across ledgers",                               Transfer { credit: UGANDA, ..base },                refused(R::AccountsMustHaveTheSameLedger)),
        ("across ledgers, named after the credit's",     Transfer { credit: UGANDA, ledger: UGX, ..base },   refused(R::AccountsMustHaveTheSameLedger)),
        ("of a third ledger",                            Transfer { ledger: UGX, ..base },                   refused(R::TransferMustHaveTheSameLedgerAsAccounts)),
        ("from a closed account",                        Transfer { debit: CLOSED, ..base },                 refused(R::DebitAccountClosed)),
        ("to a closed account",                          Transfer { credit: CLOSED, ..base },                refused(R::CreditAccountClosed)),
        ("to a closed account, overdrawn",               transfer(1, ALICE, CLOSED, 101),                    refused(R::CreditAccountClosed)),
        ("overdrawn by one",                             transfer(1, ALICE, BOB, 101),                       refused(R::ExceedsCredits)),
        ("overdrawn by the largest amount",              transfer(1, ALICE, BOB, i64::MAX),                  refused(R::ExceedsCredits)),
        ("from an empty account",                        transfer(1, BOB, ALICE, 1),                         refused(R::ExceedsCredits)),
        ("into a reserve above what it gave",            transfer(1, WORLD, RESERVE, 51),                    refused(R::ExceedsDebits)),
        ("both limits broken: the debit's is told",      transfer(1, ALICE, RESERVE, 101),                   refused(R::ExceedsCredits)),
    ];
    for (what, asked, answer) in table {
        let mut state = world();
        assert_eq!(apply(&mut state, &asked), answer, "{what}");
    }
}

#[test]
fn a_repeated_id_is_compared_field_by_field() {
    let first = transfer(1, ALICE, BOB, 10);
    let differs = Outcome::ExistsWithDifferent;
    #[rustfmt::skip]
    let table = [
        // the second transfer with the same id                                        the answer
        (first,                                                                        Outcome::Exists),
        (Transfer { debit: WORLD, ..first },                                           differs(Field::Debit)),
        (Transfer { credit: WORLD, ..first },                                          differs(Field::Credit)),
        (Transfer { amount: 11, ..first },                                             differs(Field::Amount)),
        (Transfer { amount: 0, ..first },                                              differs(Field::Amount)),
        (Transfer { ledger: UGX, ..first },                                            differs(Field::Ledger)),
        (Transfer { code: 2, ..first },                                                differs(Field::Code)),
        (Transfer { occurred: Timestamp::from_micros(1), ..first },                    differs(Field::Occurred)),
        (Transfer { debit: NOBODY, credit: NOBODY, amount: -1, code: 0, ..first },     differs(Field::Debit)),
    ];
    for (second, answer) in table {
        let mut state = world();
        assert_eq!(apply(&mut state, &first), Outcome::Posted);
        let before = (balance(&state, ALICE), balance(&state, BOB), balance(&state, WORLD));
        assert_eq!(apply(&mut state, &second), answer);
        assert_eq!(verdict(answer), None, "a repetition leaves no second line in the log");
        assert_eq!(before, (balance(&state, ALICE), balance(&state, BOB), balance(&state, WORLD)));
    }
}

#[test]
fn a_posted_transfer_moves_its_amount_once_and_a_refused_one_nothing() {
    let mut state = world();
    apply(&mut state, &transfer(1, ALICE, BOB, 30));
    apply(&mut state, &transfer(1, ALICE, BOB, 30));
    apply(&mut state, &transfer(2, ALICE, BOB, 71));
    assert_eq!(balance(&state, ALICE), Balance { debits: 30, credits: 100 });
    assert_eq!(balance(&state, BOB), Balance { debits: 0, credits: 30 });
}

#[test]
fn a_refused_id_never_moves_money_later() {
    let mut state = world();
    let asked = transfer(1, BOB, ALICE, 10);
    assert_eq!(apply(&mut state, &asked), Outcome::Refused(Refusal::ExceedsCredits));
    apply(&mut state, &transfer(2, ALICE, BOB, 50));
    assert_eq!(apply(&mut state, &asked), Outcome::AlreadyRefused(Refusal::ExceedsCredits));
    let other = Transfer { amount: 11, ..asked };
    assert_eq!(apply(&mut state, &other), Outcome::ExistsWithDifferent(Field::Amount));
    assert_eq!(
        apply(&mut state, &Transfer { id: id(3), ..asked }),
        Outcome::Posted,
        "a new id may try anew"
    );

    let to_nobody = transfer(4, ALICE, NOBODY, 1);
    assert_eq!(apply(&mut state, &to_nobody), Outcome::Refused(Refusal::CreditAccountNotFound));
    assert_eq!(state.open(&account(NOBODY, KES, Limit::None)), Opening::Opened);
    assert_eq!(
        apply(&mut state, &to_nobody),
        Outcome::AlreadyRefused(Refusal::CreditAccountNotFound)
    );
}

#[test]
fn every_id_is_decided_once_whatever_the_answer() {
    for refusal in Refusal::ALL {
        let line = (refusal != Refusal::IdMustNotBeZero).then_some(Verdict::Refused(refusal));
        assert_eq!(verdict(Outcome::Refused(refusal)), line);
    }
    let mut state = world();
    let wrong = transfer(1, ALICE, BOB, 0);
    let refusal = Refusal::AmountMustBePositive;
    assert_eq!(apply(&mut state, &wrong), Outcome::Refused(refusal));
    assert_eq!(apply(&mut state, &wrong), Outcome::AlreadyRefused(refusal));
    let right = Transfer { amount: 1, ..wrong };
    assert_eq!(apply(&mut state, &right), Outcome::ExistsWithDifferent(Field::Amount));
}

#[test]
fn accounts_open_once() {
    let plain = account(id(9), KES, Limit::None);
    #[rustfmt::skip]
    let table = [
        (plain,                                                         Opening::Exists),
        (Account { ledger: UGX, ..plain },                              Opening::ExistsWithDifferentLedger),
        (Account { code: 2, ..plain },                                  Opening::ExistsWithDifferentCode),
        (Account { limit: Limit::DebitsMustNotExceedCredits, ..plain }, Opening::ExistsWithDifferentLimit),
        (Account { id: Id::from_bytes([0; 16]), ..plain },              Opening::IdMustNotBeZero),
        (Account { id: id(10), ledger: 0, ..plain },                    Opening::LedgerMustNotBeZero),
        (Account { id: id(10), code: 0, ..plain },                      Opening::CodeMustNotBeZero),
        (Account { id: id(10), ..plain },                               Opening::Opened),
    ];
    for (second, answer) in table {
        let mut state = world();
        assert_eq!(state.open(&plain), Opening::Opened);
        assert_eq!(state.open(&second), answer);
        assert_eq!(state.account(plain.id).unwrap().account, plain, "the first stands");
    }
}

#[test]
fn only_an_empty_account_closes_and_it_closes_for_good() {
    let mut state = world();
    assert_eq!(state.close(NOBODY), Closing::NotFound);
    assert_eq!(state.close(ALICE), Closing::BalanceMustBeZero);
    apply(&mut state, &transfer(1, ALICE, WORLD, 100));
    assert_eq!(state.close(ALICE), Closing::Closed);
    assert_eq!(state.close(ALICE), Closing::AlreadyClosed);
    assert_eq!(
        state.open(&account(ALICE, KES, Limit::DebitsMustNotExceedCredits)),
        Opening::Exists
    );
    let refused = Outcome::Refused(Refusal::CreditAccountClosed);
    assert_eq!(
        apply(&mut state, &transfer(2, WORLD, ALICE, 1)),
        refused,
        "opening again does not reopen"
    );
}

#[test]
fn the_trial_balance_is_by_ledger_and_sums_to_zero() {
    let totals = world().totals();
    let told: Vec<_> = totals
        .iter()
        .map(|sum| (sum.ledger, sum.accounts, sum.debits, sum.sum_of_postings()))
        .collect();
    assert_eq!(told, [(KES, 5, 150, 0), (UGX, 1, 0, 0)]);
}

#[test]
fn sums_outgrow_64_bits_without_wrapping() {
    let mut state = world();
    for n in 1..=3 {
        assert_eq!(apply(&mut state, &transfer(n, WORLD, ALICE, i64::MAX)), Outcome::Posted);
    }
    assert_eq!(balance(&state, ALICE).credits, 3 * i128::from(i64::MAX) + 100);
}

#[test]
fn every_status_has_a_name_of_its_own() {
    let fields =
        [Field::Debit, Field::Credit, Field::Amount, Field::Ledger, Field::Code, Field::Occurred];
    let mut names: Vec<&str> =
        Refusal::ALL.iter().map(|refusal| Outcome::Refused(*refusal).name()).collect();
    names.extend(fields.map(|field| Outcome::ExistsWithDifferent(field).name()));
    names.extend([Outcome::Posted.name(), Outcome::Exists.name()]);
    names.push(Outcome::AlreadyRefused(Refusal::ExceedsCredits).name());
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
