//! Draws how costs grow, as an SVG: time by number, both on logarithmic scales.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

/// Lines that grow by the same number, in one chart.
#[derive(Debug)]
pub(crate) struct Chart {
    title: String,
    lines: Vec<(String, Vec<(f64, f64)>)>,
}

/// Width of a chart, and height of the picture, in pixels.
const SIZE: (u32, u32) = (400, 360);
/// All charts have the same range of times, in nanoseconds, so that they can be compared.
const TIMES: std::ops::Range<f64> = 10.0..1e7;
/// Colors that people with any color vision can tell apart (Okabe and Ito).
const COLORS: [RGBColor; 4] =
    [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];

type Result = std::result::Result<(), Box<dyn Error>>;

impl Chart {
    pub(crate) const fn new(title: String) -> Self {
        Self { title, lines: Vec::new() }
    }

    /// Adds a line of nanoseconds by a number.
    pub(crate) fn add(&mut self, name: &str, figures: &[(f64, f64)]) {
        self.lines.push((name.to_owned(), figures.to_vec()));
    }

    /// Returns whether the lines of the chart grow by this number.
    pub(crate) fn is_by(&self, title: &str) -> bool {
        self.title == title
    }

    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result {
        let counts = || self.lines.iter().flat_map(|(_, figures)| figures).map(|(count, _)| *count);
        let range = counts().fold(f64::INFINITY, f64::min)..counts().fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, ("sans-serif", 15))
            .margin(8)
            .margin_right(28)
            .x_label_area_size(28)
            .y_label_area_size(62)
            .build_cartesian_2d(range.log_scale(), TIMES.log_scale())?;
        let mut mesh = chart.configure_mesh();
        mesh.max_light_lines(0).x_label_formatter(&|count| whole(*count)).y_label_formatter(&|nanos| round(*nanos));
        mesh.draw()?;
        for ((name, figures), color) in self.lines.iter().zip(COLORS.iter().cycle()) {
            let line =
                chart.draw_series(LineSeries::new(figures.iter().copied(), color.stroke_width(2)).point_size(3))?;
            line.label(name).legend(|(x, y)| PathElement::new([(x, y), (x + 14, y)], color.stroke_width(2)));
        }
        let mut labels = chart.configure_series_labels();
        labels
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE.mix(0.8))
            .label_font(("sans-serif", 12));
        labels.draw()?;
        Ok(())
    }
}

/// Returns a power of ten without a fraction, in groups of three digits.
fn whole(count: f64) -> String {
    let digits = format!("{count:.0}");
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Returns a time that is a power of ten.
fn round(nanos: f64) -> String {
    match nanos {
        ..1e3 => format!("{nanos:.0} ns"),
        1e3..1e6 => format!("{:.0} µs", nanos / 1e3),
        _ => format!("{:.0} ms", nanos / 1e6),
    }
}

/// Writes charts side by side into a file.
pub(crate) fn write(charts: &[Chart], file: &Path) -> Result {
    let width = SIZE.0 * u32::try_from(charts.len())?;
    let picture = SVGBackend::new(file, (width, SIZE.1)).into_drawing_area();
    picture.fill(&WHITE)?;
    for (chart, area) in charts.iter().zip(picture.split_evenly((1, charts.len()))) {
        chart.draw(&area)?;
    }
    picture.present()?;
    Ok(())
}
