//! The mount points of Linux. Nothing can be renamed to one.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::{ffi::OsString, fs};

/// Whether `file` is a mount point. False if the system does not list them; then the rename fails.
pub(super) fn is_mount_point(file: &Path) -> bool {
    let Ok(mounts) = fs::read("/proc/self/mountinfo") else { return false };
    let Some(path) = resolved(file) else { return false };
    mount_points(&mounts).any(|mounted| mounted == path)
}

/// The path with the links in its directory resolved.
fn resolved(file: &Path) -> Option<PathBuf> {
    Some(fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?))
}

/// Reads the fifth field of each line (proc(5)).
fn mount_points(mounts: &[u8]) -> impl Iterator<Item = PathBuf> {
    let fields = |line: &[u8]| line.split(|byte| *byte == b' ').nth(4).map(unescaped);
    mounts.split(|byte| *byte == b'\n').filter_map(fields)
}

/// Decodes `\` and three octal digits, which stand for a space, tab, line feed or backslash.
fn unescaped(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        let octal = after
            .get(..3)
            .filter(|_| byte == b'\\')
            .and_then(|digits| u8::from_str_radix(OsStr::from_bytes(digits).to_str()?, 8).ok());
        bytes.push(octal.unwrap_or(byte));
        rest = if octal.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    OsString::from_vec(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise 30: escaped names of mount points are recognized.
    #[test]
    fn mount_points_are_read_from_the_systems_list() {
        let mounts = b"22 28 0:20 / /sys rw,relatime shared:7 - sysfs sysfs rw\n\
            30 28 8:1 /a /mnt/with\\040space\\134and\\011tab rw - ext4 /dev/sda1 rw\n\
            31 28 8:1 /b /odd\\9\\04 rw - ext4 /dev/sda1 rw\n\
            cut short\n";
        let points: Vec<_> = mount_points(mounts).collect();
        assert_eq!(points, ["/sys", "/mnt/with space\\and\ttab", "/odd\\9\\04"].map(PathBuf::from));
        assert!(mount_points(b"").next().is_none());
    }
}
