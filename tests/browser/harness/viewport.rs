//! A browser's window: its width, light or dark, and what does not fit into it.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::browser::Browser;
use super::evidence::pictures;

/// What reaches over the edges of an open dialog, and over the right edge of the page, where that can
/// be scrolled sideways.
const OVERHANGS: &str = "
    const { scrollWidth, clientWidth } = document.documentElement;
    const told = (all) => all.map((one) => one.outerHTML.slice(0, 120));
    const dialog = document.querySelector('dialog[open]');
    const box = dialog?.getBoundingClientRect();
    const cut = [...dialog?.querySelectorAll('h2, p, button, input') ?? []].filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left < box.left || right > box.right || one.scrollWidth > one.clientWidth;
    });
    if (scrollWidth <= clientWidth) return told(cut);
    const over = [...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} in ${clientWidth}`, ...told([...cut, ...over])];";

/// Tables that are wider than the panel that they are in, and cells whose text is cut or hidden.
const CUT: &str = "
    const seen = (one) => one.checkVisibility({ visibilityProperty: true });
    const panels = [...document.querySelectorAll('.scroll')].filter(seen);
    const wide = panels.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    const cells = panels.flatMap((panel) => [...panel.querySelectorAll('tbody :is(td, th)')]);
    const cut = cells.filter((cell) => {
        const panel = cell.closest('.scroll').getBoundingClientRect();
        const { left, right, width } = cell.getBoundingClientRect();
        const inside = left >= panel.left && right <= panel.right && width > 0;
        return !seen(cell) || !inside || cell.scrollWidth > cell.clientWidth;
    });
    return [panels.length, ...[...wide, ...cut].map((one) => one.outerHTML.slice(0, 160))];";

/// Returns once what was changed is painted.
const PAINTED: &str = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]));";

/// What people ask of their screens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub(crate) const ALL: [Self; 2] = [Self::Light, Self::Dark];

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Browser {
    /// Gives the page this width, and a person who wants it so.
    pub(crate) async fn look(&self, width: u32, scheme: Scheme) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        let wishes = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme.name()},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.devtools("Emulation.setEmulatedMedia", wishes).await;
        // A picture that is taken sooner lacks parts of the page.
        self.client
            .execute_async(PAINTED, Vec::new())
            .await
            .unwrap();
    }

    /// That the page fits into each width, light and dark; pictures of all are kept.
    pub(crate) async fn fits_everywhere(&self, state: &str) {
        for width in [360, 768, 1_280, 2_560] {
            for scheme in Scheme::ALL {
                self.look(width, scheme).await;
                let name = format!("{state}-{width}-{}.png", scheme.name());
                self.picture(&pictures().join(name)).await;
                let over = self.script(OVERHANGS, &[]).await;
                let none = over.as_array().is_some_and(Vec::<Value>::is_empty);
                assert!(none, "{state}, {width} wide: {over:#}");
            }
        }
    }

    /// That so many tables can be seen at this width, and all that is in them without scrolling
    /// sideways.
    pub(crate) async fn shows_whole_tables(&self, width: u32, count: u32) {
        self.look(width, Scheme::Light).await;
        let cut = self.script(CUT, &[]).await;
        assert_eq!(cut, json!([count]), "{width} wide: {cut:#}");
    }

    /// Keeps a picture of the whole page.
    pub(crate) async fn picture(&self, file: &Path) {
        let whole = json!({"captureBeyondViewport": true});
        let picture = self.devtools("Page.captureScreenshot", whole).await;
        let bytes = BASE64_STANDARD.decode(picture["data"].as_str().unwrap());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes.unwrap()).unwrap();
    }
}
