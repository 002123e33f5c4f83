//! Reference data of the planning: Building Blocks, products, roles, standards, safeguards. Data, so that a country
//! or a reviewer can read and correct them without reading code.

use std::sync::LazyLock;

use serde::{Deserialize, de::DeserializeOwned};

use super::gap_rules::GapRules;
use super::words::Language;
use crate::result::Effort;

/// All reference data, as built in.
#[derive(Clone, Debug)]
pub struct Reference {
    pub components: Vec<Component>,
    pub products: Vec<Product>,
    pub roles: Vec<Role>,
    pub owners: Vec<Owner>,
    pub interfaces: Vec<InterfaceStandards>,
    pub safeguards: Vec<Safeguard>,
    pub gap_rules: GapRules,
}

/// A Building Block as the planning sees it (`data/components.toml`).
#[derive(Clone, Debug, Deserialize)]
pub struct Component {
    pub building_block: String,
    pub name: String,
    pub name_fr: String,
    /// Their lowest known level is the component's level.
    pub indicators: Vec<String>,
    /// Of founding it.
    pub effort: Effort,
    /// Other words that a catalogue may use for it.
    pub aliases: Vec<String>,
}

/// An open-source product of any maker (`data/products.toml`, sorted by name).
#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    pub name: String,
    pub licence: String,
    /// What it is, in half a sentence.
    pub does: String,
    pub building_blocks: Vec<String>,
    #[serde(default)]
    pub maker_note: Option<String>,
}

/// A role of the roadmap (`data/roles.toml`).
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub name_fr: Option<String>,
}

/// Who owns the gaps of a dimension (`data/roles.toml`); ids of [`Role`].
#[derive(Clone, Debug, Deserialize)]
pub struct Owner {
    pub dimension: String,
    pub responsible: String,
    pub accountable: String,
    pub consulted: Vec<String>,
    pub informed: Vec<String>,
    pub decision_body: String,
}

/// What the interfaces of a Building Block should speak (`data/standards.toml`).
#[derive(Clone, Debug, Deserialize)]
pub struct InterfaceStandards {
    pub building_block: String,
    pub standards: Vec<String>,
}

/// A principle or risk of the UN's universal DPI safeguards (`data/safeguards.toml`): their id, our short name.
#[derive(Clone, Debug, Deserialize)]
pub struct Safeguard {
    pub id: String,
    /// `principle` or `risk`.
    pub kind: String,
    pub name: String,
    pub name_fr: String,
    pub stage: String,
    pub authority: String,
    /// False where the source's wording could not be checked.
    #[serde(default = "yes")]
    pub name_is_sure: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct ComponentsFile {
    component: Vec<Component>,
}

#[derive(Deserialize)]
struct ProductsFile {
    product: Vec<Product>,
}

#[derive(Deserialize)]
struct RolesFile {
    role: Vec<Role>,
    owner: Vec<Owner>,
}

#[derive(Deserialize)]
struct StandardsFile {
    interface: Vec<InterfaceStandards>,
}

#[derive(Deserialize)]
struct SafeguardsFile {
    safeguard: Vec<Safeguard>,
}

/// The reference data of this version of the program.
#[must_use]
pub fn reference() -> &'static Reference {
    static BUILT_IN: LazyLock<Reference> = LazyLock::new(Reference::built_in);
    &BUILT_IN
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the files are part of the program, and a test reads them all")
}

impl Reference {
    fn built_in() -> Self {
        let roles: RolesFile = read(include_str!("../../data/roles.toml"));
        let mut products = read::<ProductsFile>(include_str!("../../data/products.toml")).product;
        products.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            components: read::<ComponentsFile>(include_str!("../../data/components.toml"))
                .component,
            products,
            roles: roles.role,
            owners: roles.owner,
            interfaces: read::<StandardsFile>(include_str!("../../data/standards.toml")).interface,
            safeguards: read::<SafeguardsFile>(include_str!("../../data/safeguards.toml"))
                .safeguard,
            gap_rules: read(include_str!("../../data/gap_rules.toml")),
        }
    }

    /// The component of that Building Block.
    #[must_use]
    pub fn component(&self, building_block: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.building_block == building_block)
    }

    /// The component that somebody means who writes `Information Mediator`, `data exchange` or its id.
    #[must_use]
    pub fn component_called(&self, written: &str) -> Option<&Component> {
        let wanted = plain(written);
        self.components.iter().find(|component| {
            let names = [&component.building_block, &component.name, &component.name_fr];
            names.into_iter().chain(&component.aliases).any(|name| plain(name) == wanted)
        })
    }

    /// Names of the products that serve any of these Building Blocks, sorted.
    #[must_use]
    pub fn products_for(&self, building_blocks: &[String]) -> Vec<String> {
        let fits = |product: &&Product| {
            product.building_blocks.iter().any(|block| building_blocks.contains(block))
        };
        self.products.iter().filter(fits).map(|product| product.name.clone()).collect()
    }

    /// Standards of a Building Block; none are known for some.
    #[must_use]
    pub fn standards_of(&self, building_block: &str) -> &[String] {
        let found = self.interfaces.iter().find(|entry| entry.building_block == building_block);
        found.map_or(&[], |entry| entry.standards.as_slice())
    }

    /// Standards of several Building Blocks, sorted, each once.
    #[must_use]
    pub fn standards_for(&self, building_blocks: &[String]) -> Vec<String> {
        let mut all: Vec<String> =
            building_blocks.iter().flat_map(|block| self.standards_of(block)).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Name of a role; its id where the data have no name.
    #[must_use]
    pub fn role_name(&self, id: &str, language: Language) -> String {
        let Some(role) = self.roles.iter().find(|role| role.id == id) else {
            return id.to_owned();
        };
        match (language, &role.name_fr) {
            (Language::French, Some(name)) => name.clone(),
            _ => role.name.clone(),
        }
    }

    /// Owner of a dimension. A dimension that the data do not know falls to the first entry, so that no gap is
    /// without an owner; a test holds that the built-in instrument needs no such fallback.
    #[must_use]
    pub fn owner_of(&self, dimension: &str) -> &Owner {
        let found = self.owners.iter().find(|owner| owner.dimension == dimension);
        found.or(self.owners.first()).expect("roles.toml names owners, as a test checks")
    }
}

impl Component {
    /// Its name for people.
    #[must_use]
    pub fn name_in(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name,
            Language::French => &self.name_fr,
        }
    }
}

/// Letters and digits only, in lower case: `Information Mediator`, `information-mediator` and `INFORMATION_MEDIATOR`
/// are one name.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
