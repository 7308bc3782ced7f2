//! A vendor's accent colour, and whether it can be read: as a link on every surface of the panel, and under
//! the text of a control that is filled with it. A service checks it when it starts, and the sidebar checks
//! what any service sends, by this one rule.

/// What WCAG 2.2 asks of text (1.4.3); graphics need less (1.4.11: 3).
pub const NEEDED_CONTRAST: f64 = 4.5;

/// The panel's two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// The surface on which links are hardest to read, of those that they stand on.
    pub const fn surface(self) -> Colour {
        match self {
            Self::Light => Colour([0xf0, 0xf0, 0xf0]),
            Self::Dark => Colour([0x33, 0x33, 0x33]),
        }
    }

    /// The text on what is filled with the accent: whatever can be read on the surface carries it.
    pub const fn text_on_accent(self) -> Colour {
        match self {
            Self::Light => Colour([0xff, 0xff, 0xff]),
            Self::Dark => Colour([0x1f, 0x1f, 0x1f]),
        }
    }
}

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#rrggbb`; nothing else is a colour here.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut parts = [0; 3];
        for (place, digit) in digits.chars().enumerate() {
            parts[place / 2] = parts[place / 2] * 16 + digit.to_digit(16)? as u8;
        }
        Some(Self(parts))
    }

    /// The relative luminance, from 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast to another colour, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }

    /// The least contrast that it has where it is used as the accent.
    pub fn least_contrast(self, scheme: Scheme) -> f64 {
        self.contrast(scheme.surface()).min(self.contrast(scheme.text_on_accent()))
    }

    /// Whether it can be read wherever it is used as the accent.
    pub fn fits(self, scheme: Scheme) -> bool {
        self.least_contrast(scheme) >= NEEDED_CONTRAST
    }
}

/// A part of sRGB made linear, as WCAG has it. The power of 2.4 is made of a square and a fifth root, which
/// Newton's method finds: the usual function would weigh more in the wasm than all the rest here.
fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 {
        return part / 12.92;
    }
    let base = (part + 0.055) / 1.055;
    let square = base * base;
    let mut root = 1.0;
    for _ in 0..12 {
        root -= (root - square / (root * root * root * root)) / 5.0;
    }
    square * root
}

#[cfg(feature = "service")]
impl Colour {
    /// The shade nearest to it that can be read: darker for the light look, lighter for the dark one.
    pub fn nearest_fitting(self, scheme: Scheme) -> Self {
        let end = match scheme {
            Scheme::Light => 0,
            Scheme::Dark => 255,
        };
        let mixed = |step: u16| {
            let mix = |part: u8| (u16::from(part) * (255 - step) + end * step) / 255;
            Self(self.0.map(|part| mix(part) as u8))
        };
        (0..=255).map(mixed).find(|shade| shade.fits(scheme)).unwrap_or(mixed(255))
    }
}

#[cfg(feature = "service")]
impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn the_roots_are_those_of_the_usual_function() {
        for part in 0..=255_u8 {
            let base = f64::from(part) / 255.0;
            let usual =
                if base <= 0.04045 { base / 12.92 } else { ((base + 0.055) / 1.055).powf(2.4) };
            assert!((linear(part) - usual).abs() < 1e-9, "{part}: {} {usual}", linear(part));
        }
    }

    #[test]
    fn contrasts_are_those_of_wcag() {
        let near = |a: &str, b: &str, expected: f64| {
            let found = colour(a).contrast(colour(b));
            assert!((found - expected).abs() < 0.01, "{a} {b}: {found}");
            assert!((colour(b).contrast(colour(a)) - found).abs() < 1e-12);
        };
        near("#000000", "#ffffff", 21.0);
        near("#767676", "#FFFFFF", 4.54);
        near("#777777", "#ffffff", 4.48);
        near("#ff0000", "#ffffff", 4.0);
        near("#123456", "#123456", 1.0);
    }

    #[test]
    fn what_can_be_read_fits() {
        assert!(colour("#0f548c").fits(Scheme::Light) && !colour("#0f548c").fits(Scheme::Dark));
        assert!(colour("#62abf5").fits(Scheme::Dark) && !colour("#62abf5").fits(Scheme::Light));
        assert!(!colour("#ffcc00").fits(Scheme::Light));
    }

    #[test]
    fn nothing_but_a_colour_is_read() {
        for text in ["", "#", "#12345", "#1234567", "123456", "#12345g", "#+12345", "#ä1234", "red"]
        {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[cfg(feature = "service")]
    #[test]
    fn every_colour_has_a_shade_that_fits_and_one_that_fits_stays() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let own = Colour([red, green, blue]);
                    for scheme in [Scheme::Light, Scheme::Dark] {
                        let shade = own.nearest_fitting(scheme);
                        assert!(shade.fits(scheme), "{own}: {shade}");
                        assert!(!own.fits(scheme) || shade == own, "{own}: {shade}");
                        assert_eq!(Colour::parse(&shade.to_string()), Some(shade));
                    }
                }
            }
        }
    }
}
