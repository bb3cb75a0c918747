//! The closed sets of PLOVER (manual, draft 2.0 of February 2024): types, modes, contexts and status of events, sectors of those who take part.
//!
//! Types, modes and contexts stand in the order of the tables in `data/ontology`, which say more of each; `nlp::Ontology` refuses tables that hold others. CAMEO
//! codes are no closed set here: there are three hundred, and no code but a table needs to name one.

use super::closed_set::labels;

labels! {
    /// What kind of deed.
    pub enum EventType {
        Agree = "AGREE",
        Consult = "CONSULT",
        Support = "SUPPORT",
        Concede = "CONCEDE",
        Cooperate = "COOPERATE",
        Aid = "AID",
        Retreat = "RETREAT",
        Request = "REQUEST",
        Accuse = "ACCUSE",
        Reject = "REJECT",
        Threaten = "THREATEN",
        Protest = "PROTEST",
        Sanction = "SANCTION",
        Mobilize = "MOBILIZE",
        Coerce = "COERCE",
        Assault = "ASSAULT",
    }
}

labels! {
    /// How it was done. Most modes belong to one type, some to several; `data/ontology/plover_modes.tsv` says which.
    pub enum Mode {
        Visit = "visit",
        ThirdParty = "third-party",
        Multilateral = "multilateral",
        Phone = "phone",
        Withdraw = "withdraw",
        Release = "release",
        Disarm = "disarm",
        Ceasefire = "ceasefire",
        Access = "access",
        Resign = "resign",
        Assist = "assist",
        Change = "change",
        Yield = "yield",
        Meet = "meet",
        Disapprove = "disapprove",
        Investigate = "investigate",
        Allege = "allege",
        Restrict = "restrict",
        Arrest = "arrest",
        Relations = "relations",
        Expel = "expel",
        Territory = "territory",
        Violence = "violence",
        Demo = "demo",
        Riot = "riot",
        Strike = "strike",
        Hunger = "hunger",
        Boycott = "boycott",
        Obstruct = "obstruct",
        Vandalize = "vandalize",
        Convict = "convict",
        Discontinue = "discontinue",
        Troops = "troops",
        Weapons = "weapons",
        Police = "police",
        Militia = "militia",
        Seize = "seize",
        Censor = "censor",
        Curfew = "curfew",
        MartialLaw = "martial-law",
        Deport = "deport",
        Withhold = "withhold",
        Misinformation = "misinformation",
        Cyber = "cyber",
        Abduct = "abduct",
        Beat = "beat",
        Torture = "torture",
        Sexual = "sexual",
        Targeted = "targeted",
        Destroy = "destroy",
        Primitive = "primitive",
        Firearms = "firearms",
        Explosives = "explosives",
        SuicideAttack = "suicide-attack",
        Aerial = "aerial",
        Drone = "drone",
        HeavyWeapons = "heavy-weapons",
        CrowdControl = "crowd-control",
        Unconventional = "unconventional",
    }
}

labels! {
    /// What it was about.
    pub enum Context {
        Military = "military",
        Intelligence = "intelligence",
        Executive = "executive",
        Legislative = "legislative",
        Election = "election",
        PoliticalInstitutions = "political_institutions",
        ProDemocracy = "pro_democracy",
        ProAutocracy = "pro_autocracy",
        Economic = "economic",
        Legal = "legal",
        Reparations = "reparations",
        HumanRights = "human_rights",
        RightsFreedoms = "rights_freedoms",
        Repression = "repression",
        HumanSecurity = "human_security",
        Gender = "gender",
        Lgbt = "lgbt",
        ReligionEthnicity = "religion_ethnicity",
        Inequality = "inequality",
        Diplomatic = "diplomatic",
        Territory = "territory",
        Peacekeeping = "peacekeeping",
        Health = "health",
        Asylum = "asylum",
        Migration = "migration",
        Disasters = "disasters",
        NaturalResource = "natural_resource",
        Environment = "environment",
        Technology = "technology",
        Terrorism = "terrorism",
        Cbrn = "cbrn",
        Cyber = "cyber",
        Misinformation = "misinformation",
        Crime = "crime",
        Corruption = "corruption",
        IllegalDrugs = "illegal_drugs",
        Trafficking = "trafficking",
    }
}

labels! {
    /// Whether it happened.
    pub enum EventStatus {
        /// It happened or is happening.
        Occurred = "occurred",
        /// It is announced.
        Planned = "planned",
        /// It hangs on a condition.
        Conditional = "conditional",
        /// It did not happen.
        Negated = "negated",
        /// Somebody claims it of somebody else.
        Alleged = "alleged",
    }
}

labels! {
    /// Sector of an entity, as PLOVER and CAMEO have it.
    pub enum Sector {
        Gov = "GOV",
        Mil = "MIL",
        Cop = "COP",
        Leg = "LEG",
        Jud = "JUD",
        Opp = "OPP",
        Reb = "REB",
        Pty = "PTY",
        Cvl = "CVL",
        Med = "MED",
        Bus = "BUS",
        Crm = "CRM",
        Spy = "SPY",
        Eli = "ELI",
        Jrn = "JRN",
        Rel = "REL",
        Lab = "LAB",
        Edu = "EDU",
        Hlh = "HLH",
        Ngo = "NGO",
        Igo = "IGO",
        Uaf = "UAF",
        Mnc = "MNC",
        Agr = "AGR",
        Env = "ENV",
        /// Paramilitaries who are not against the government.
        Prm = "PRM",
        /// Civil society.
        Soc = "SOC",
        /// What is recognized as a state by some.
        Pre = "PRE",
        Set = "SET",
        Ref = "REF",
    }
}
