//! The viewport of a browser: its width and color scheme, and what does not fit.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::artifacts::screenshot_folder;
use super::browser::Browser;

/// Elements that overflow an open dialog, or the right edge of a page that scrolls sideways.
const FIND_OVERFLOWS: &str = "
    const { scrollWidth, clientWidth } = document.documentElement;
    const html = (all) => all.map((one) => one.outerHTML.slice(0, 120));
    const dialog = document.querySelector('dialog[open]');
    const box = dialog?.getBoundingClientRect();
    const cut = [...dialog?.querySelectorAll('h2, p, button, input') ?? []].filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left < box.left || right > box.right || one.scrollWidth > one.clientWidth;
    });
    if (scrollWidth <= clientWidth) return html(cut);
    const over = [...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth} in ${clientWidth}`, ...step_done([...cut, ...over])];";

/// Tables wider than their panel, and cells whose text is cut off or hidden.
const FIND_CUT_CELLS: &str = "
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

/// Returns once the changes are painted.
const AWAIT_PAINT: &str = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]));";

/// A color scheme that people prefer.
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
    /// Sets the width of the page and the preferred color scheme.
    pub(crate) async fn set_viewport(&self, width: u32, scheme: Scheme) {
        let size = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
        let preferences = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme.name()},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.devtools("Emulation.setEmulatedMedia", preferences)
            .await;
        // An earlier screenshot would lack parts of the page.
        self.client
            .execute_async(AWAIT_PAINT, Vec::new())
            .await
            .unwrap();
    }

    /// Asserts that the page fits each width, light and dark, and saves a screenshot of each.
    pub(crate) async fn assert_fits_everywhere(&self, state: &str) {
        for width in [360, 768, 1_280, 2_560] {
            for scheme in Scheme::ALL {
                self.set_viewport(width, scheme).await;
                let name = format!("{state}-{width}-{}.png", scheme.name());
                self.save_screenshot(&screenshot_folder().join(name)).await;
                let overflows = self.script(FIND_OVERFLOWS, &[]).await;
                let none = overflows.as_array().is_some_and(Vec::<Value>::is_empty);
                assert!(none, "{state}, {width} pixels wide: {overflows:#}");
            }
        }
    }

    /// Asserts that so many tables are visible at this width, all without scrolling sideways.
    pub(crate) async fn assert_tables_fit(&self, width: u32, count: u32) {
        self.set_viewport(width, Scheme::Light).await;
        let cut = self.script(FIND_CUT_CELLS, &[]).await;
        assert_eq!(cut, json!([count]), "{width} pixels wide: {cut:#}");
    }

    /// Saves a screenshot of the whole page.
    pub(crate) async fn save_screenshot(&self, file: &Path) {
        let whole = json!({"captureBeyondViewport": true});
        let screenshot = self.devtools("Page.captureScreenshot", whole).await;
        let bytes = BASE64_STANDARD.decode(screenshot["data"].as_str().unwrap());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes.unwrap()).unwrap();
    }
}
