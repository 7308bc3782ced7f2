//! The icons that Outlook and browsers show, drawn in every size that they ask for.
//!
//! An icon's name holds the hash of its content: Outlook keeps icons for long, so another picture needs
//! another address, and the service lets files with such names be kept for good.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use sha2::{Digest, Sha256};

/// The sizes of a button's icon; 16, 32 and 80 are the least that Outlook asks for.
pub(crate) const BUTTON: [u32; 8] = [16, 20, 24, 32, 40, 48, 64, 80];

/// The sizes of a button's icon on phones, each wanted in every one of [`MOBILE_SCALES`].
pub(crate) const MOBILE: [u32; 3] = [25, 32, 48];

/// How many of a phone's pixels lie beside each other in one of a size's.
pub(crate) const MOBILE_SCALES: [u32; 3] = [1, 2, 3];

/// The add-in's own icon, in lists of add-ins.
pub(crate) const LISTED: u32 = 64;

/// And on screens with twice the pixels.
pub(crate) const LISTED_HIGH_RESOLUTION: u32 = 128;

/// Up to here the drawing for small sizes is clearer.
const SMALL: u32 = 25;

const DRAWING: &str = include_str!("../../../style/icon.svg");
const SMALL_DRAWING: &str = include_str!("../icons/small.svg");

/// The folder of the site that the icons are in.
pub const FOLDER: &str = "icons";

/// Every icon, by its width in pixels (they are as high as wide).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icons(BTreeMap<u32, Icon>);

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Icon {
    name: String,
    png: Vec<u8>,
}

/// Why there are no icons.
#[derive(Debug, thiserror::Error)]
pub enum IconError {
    /// A drawing is wrong.
    #[error("a drawing in style/icon.svg or tools/package/icons cannot be read: {0}")]
    Drawing(#[from] resvg::usvg::Error),
    /// A picture cannot be made.
    #[error("an icon of {0} pixels cannot be drawn: {1}")]
    Picture(u32, String),
}

impl Icons {
    /// Draws all of them; the same in every run.
    pub fn draw() -> Result<Self, IconError> {
        let drawing = Tree::from_str(DRAWING, &Options::default())?;
        let small_drawing = Tree::from_str(SMALL_DRAWING, &Options::default())?;
        let mut icons = BTreeMap::new();
        for pixels in sizes() {
            let drawing = if pixels <= SMALL { &small_drawing } else { &drawing };
            let png = draw(drawing, pixels)?;
            let hash = Sha256::digest(&png);
            // The form that the service knows such names by.
            let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            icons.insert(pixels, Icon { name: format!("sync-{pixels}-{hash}.png"), png });
        }
        Ok(Self(icons))
    }

    /// The path of an icon in the site; `None` for a size that is not drawn.
    pub fn path(&self, pixels: u32) -> Option<String> {
        self.0.get(&pixels).map(|icon| format!("{FOLDER}/{}", icon.name))
    }

    /// An icon's path and content; `None` for a size that is not drawn.
    pub(crate) fn file(&self, pixels: u32) -> Option<(String, &[u8])> {
        Some((self.path(pixels)?, self.0.get(&pixels)?.png.as_slice()))
    }

    /// Writes all of them into a folder, which is made when it is not there.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        self.0.values().try_for_each(|icon| std::fs::write(folder.join(&icon.name), &icon.png))
    }
}

fn sizes() -> impl Iterator<Item = u32> {
    let mobile = MOBILE.into_iter().flat_map(|size| MOBILE_SCALES.map(|scale| size * scale));
    BUTTON.into_iter().chain(mobile).chain([LISTED, LISTED_HIGH_RESOLUTION])
}

fn draw(drawing: &Tree, pixels: u32) -> Result<Vec<u8>, IconError> {
    let refused = |reason: &str| IconError::Picture(pixels, reason.to_owned());
    let mut picture = Pixmap::new(pixels, pixels).ok_or_else(|| refused("the size is no size"))?;
    // Whole numbers up to 2^24 are exact in this type, and no icon is that wide.
    #[expect(clippy::cast_precision_loss)]
    let width = pixels as f32;
    let scale =
        Transform::from_scale(width / drawing.size().width(), width / drawing.size().height());
    resvg::render(drawing, scale, &mut picture.as_mut());
    picture.encode_png().map_err(|error| refused(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_draws_the_same() {
        assert_eq!(Icons::draw().unwrap(), Icons::draw().unwrap());
    }

    #[test]
    fn every_size_is_a_picture_of_its_own_with_corners_that_show_what_is_behind() {
        let icons = Icons::draw().unwrap();
        for pixels in [16, 20, 24, 25, 32, 40, 48, 50, 64, 75, 80, 96, 128, 144] {
            let picture = Pixmap::decode_png(&icons.0[&pixels].png).unwrap();
            assert_eq!((picture.width(), picture.height()), (pixels, pixels));
            assert!(picture.pixel(0, 0).unwrap().alpha() < 64, "{pixels}");
            let edge = picture.pixel(pixels / 2, 0).unwrap();
            assert_eq!((edge.red(), edge.green(), edge.blue(), edge.alpha()), (15, 108, 189, 255));
            let white = picture.pixels().iter().filter(|pixel| pixel.green() > 240).count();
            assert!(white * 20 > picture.pixels().len(), "{pixels}: the arrows are missing");
        }
        assert_eq!(icons.0.len(), 14);
    }

    #[test]
    fn a_name_holds_the_hash_of_its_content() {
        let icons = Icons::draw().unwrap();
        let path = icons.path(80).unwrap();
        let hash = path.strip_prefix("icons/sync-80-").unwrap().strip_suffix(".png").unwrap();
        assert_eq!(hash.len(), 16);
        let digest = Sha256::digest(&icons.0[&80].png);
        assert_eq!(u64::from_str_radix(hash, 16).unwrap().to_be_bytes(), digest[..8]);
        assert_eq!(icons.path(81), None);
    }

    #[test]
    fn icons_are_written_into_a_folder_that_was_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let icons = Icons::draw().unwrap();
        icons.write(&folder.path().join("site/icons")).unwrap();
        let file = folder.path().join("site").join(icons.path(64).unwrap());
        assert_eq!(std::fs::read(file).unwrap(), icons.0[&64].png);
        assert!(icons.write(&folder.path().join("site").join(icons.path(64).unwrap())).is_err());
    }
}
