//! The graph of modules: which module uses which.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::paths::Mentions;

/// A module, such as `fairhold::http::routes`. The first segment is its crate.
pub(crate) type Module = String;

/// All modules, and the paths that each mentions.
#[derive(Debug, Default)]
pub(crate) struct Modules(pub(crate) BTreeMap<Module, Mentions>);

/// Each module with those that it uses.
pub(crate) type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// Longer chains of re-exports are taken for circular.
const MOST_REEXPORTS: usize = 8;

impl Modules {
    pub(crate) fn graph(&self) -> Graph {
        let edges = self.0.iter().map(|(module, mentions)| {
            let used = mentions
                .used
                .iter()
                .filter_map(|path| self.resolve(module, path));
            // A module that only re-exports its own child does not use it.
            let reexported = mentions.reexports.iter();
            let reexported = reexported.filter_map(|path| self.resolve(module, path));
            let foreign = reexported.filter(|target| !is_below(target, module));
            let mut targets: BTreeSet<_> = used.chain(foreign).collect();
            targets.remove(module);
            (module.clone(), targets)
        });
        edges.collect()
    }

    /// The module where what `path` names in `module` is defined; `None` if that is elsewhere.
    fn resolve(&self, module: &str, path: &[String]) -> Option<Module> {
        self.resolve_within(module, path, MOST_REEXPORTS)
    }

    fn resolve_within(&self, module: &str, path: &[String], most: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let root = module.split("::").next()?;
        let start = match first.as_str() {
            "crate" => root.to_owned(),
            "self" => module.to_owned(),
            "super" => module.rsplit_once("::")?.0.to_owned(),
            name if self.0.contains_key(&format!("{module}::{name}")) => {
                format!("{module}::{name}")
            }
            name if self.0.contains_key(name) => name.to_owned(),
            _ => return None,
        };
        self.walk(start, rest, most)
    }

    fn walk(&self, start: Module, rest: &[String], most: usize) -> Option<Module> {
        let mut module = start;
        for (at, segment) in rest.iter().enumerate() {
            let child = format!("{module}::{segment}");
            if segment == "super" {
                let (parent, _) = module.rsplit_once("::")?;
                module.truncate(parent.len());
            } else if self.0.contains_key(&child) {
                module = child;
            } else {
                let found = self.named(&module, segment, most);
                return match found {
                    Some(target) if at + 1 < rest.len() => self.walk(target, &rest[at + 1..], most),
                    Some(target) => Some(target),
                    None => Some(module),
                };
            }
        }
        Some(module)
    }

    /// Where a name comes from that `module` has only imported or re-exported.
    fn named(&self, module: &str, name: &str, most: usize) -> Option<Module> {
        let mentions = self.0.get(module)?;
        let (_, path) = mentions.names.iter().find(|(known, _)| known == name)?;
        self.resolve_within(module, path, most.checked_sub(1)?)
    }
}

/// The graph of what `name` calls the modules; modules that it does not name are left out.
pub(crate) fn grouped<'a>(graph: &'a Graph, name: impl Fn(&'a str) -> Option<&'a str>) -> Graph {
    let mut groups = Graph::new();
    for (from, used) in graph {
        let Some(from) = name(from) else { continue };
        let group = groups.entry(from.to_owned()).or_default();
        let used = used.iter().filter_map(|to| name(to));
        group.extend(used.filter(|to| *to != from).map(str::to_owned));
    }
    groups
}

pub(crate) fn is_below(module: &str, parent: &str) -> bool {
    module
        .strip_prefix(parent)
        .is_some_and(|rest| rest.starts_with("::"))
}

/// The shortest cycle of the graph, if there is one.
pub(crate) fn shortest_cycle(graph: &Graph) -> Option<Vec<Module>> {
    let cycles = graph.keys().filter_map(|start| cycle_through(graph, start));
    cycles.min_by_key(Vec::len)
}

/// The shortest way from `start` back to it.
fn cycle_through(graph: &Graph, start: &str) -> Option<Vec<Module>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for next in graph.get(module).into_iter().flatten() {
            if next == start {
                let mut cycle = vec![start.to_owned(), module.to_owned()];
                let mut at = module;
                while let Some(before) = came_from.get(at) {
                    cycle.push((*before).to_owned());
                    at = before;
                }
                cycle.reverse();
                cycle.dedup();
                return Some(cycle);
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, module);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Modules, shortest_cycle};
    use crate::code::tokens;
    use crate::paths::mentions;

    fn modules(sources: &[(&str, &str)]) -> Modules {
        let read = |(module, code): &(&str, &str)| ((*module).to_owned(), mentions(&tokens(code)));
        Modules(sources.iter().map(read).collect())
    }

    fn cycle(sources: &[(&str, &str)]) -> Option<String> {
        let graph = modules(sources).graph();
        shortest_cycle(&graph).map(|cycle| cycle.join(" -> "))
    }

    #[test]
    fn a_cycle_between_features_is_found() {
        let found = cycle(&[
            ("x", "mod a; mod b; mod c;"),
            ("x::a", "use crate::b::B;"),
            ("x::b", "fn f() { crate::c::g() }"),
            ("x::c", "use super::a::A;"),
        ]);
        assert_eq!(found.as_deref(), Some("x::a -> x::b -> x::c -> x::a"));
    }

    #[test]
    fn a_cycle_between_parent_and_child_is_found() {
        let found = cycle(&[
            ("x", "mod a; fn f() { a::g(); } pub struct S;"),
            ("x::a", "use super::S;"),
        ]);
        assert_eq!(found.as_deref(), Some("x -> x::a -> x"));
    }

    #[test]
    fn a_cycle_through_a_reexport_is_found() {
        let found = cycle(&[
            ("x", "mod a; mod b;"),
            ("x::a", "mod c; pub use c::C;"),
            ("x::a::c", "use crate::b::B;"),
            ("x::b", "use crate::a::C;"),
        ]);
        assert_eq!(found.as_deref(), Some("x::a::c -> x::b -> x::a::c"));
    }

    #[test]
    fn a_module_that_reexports_its_children_does_not_use_them() {
        let found = cycle(&[
            ("x", "mod a;"),
            ("x::a", "mod b; mod c; pub use b::B; pub use self::c::C;"),
            ("x::a::b", "use super::C;"),
            ("x::a::c", "use other::D;"),
        ]);
        assert_eq!(found, None);
    }

    #[test]
    fn a_cycle_of_two_crates_is_found() {
        let found = cycle(&[("x", "use y::Y;"), ("y", "pub use x::X;")]);
        assert_eq!(found.as_deref(), Some("x -> y -> x"));
    }
}
