//! Counting: percentiles, CPU time and memory of this process, and CPU time of children. Linux tells all of it; elsewhere what is
//! not told is left out.

use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use mercator_app::clock::micros;
use serde::Serialize;

/// Measured times, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<u64>);

/// What is told of many times.
#[derive(Clone, Debug, Serialize)]
pub struct Spread {
    /// How many.
    pub n: usize,
    /// The middle one.
    pub p50_micros: u64,
    /// Of a hundred, the 95th.
    pub p95_micros: u64,
    /// Of a hundred, the 99th.
    pub p99_micros: u64,
    /// The longest.
    pub max_micros: u64,
}

impl Times {
    /// Adds one.
    pub fn push(&mut self, micros: u64) {
        self.0.push(micros);
    }

    /// Adds the time since `start` (of [`micros`]).
    pub fn push_since(&mut self, start: u64) {
        self.push(micros().saturating_sub(start));
    }

    /// The time that so many of a hundred do not exceed (nearest rank).
    pub fn percentile(&self, share: usize) -> u64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * share).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or(0)
    }

    /// Everything that is told.
    pub fn spread(&self) -> Spread {
        Spread {
            n: self.0.len(),
            p50_micros: self.percentile(50),
            p95_micros: self.percentile(95),
            p99_micros: self.percentile(99),
            max_micros: self.percentile(100),
        }
    }
}

/// Part of whole, to three digits; `None` when there is no whole.
pub fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| (part / whole * 1_000.0).round() / 1_000.0)
}

/// CPU seconds of this process, user and system.
pub fn cpu_seconds() -> Option<f64> {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
    }
    #[cfg(not(unix))]
    None
}

/// CPU seconds of all children that have ended.
fn children_cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold spaces; after it the fields are counted from the third one (proc(5)): 16 and 17.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    Some((ticks(13)? + ticks(14)?) / ticks_per_second()?)
}

fn ticks_per_second() -> Option<f64> {
    #[cfg(unix)]
    return Some(rustix::param::clock_ticks_per_second() as f64);
    #[cfg(not(unix))]
    None
}

/// A line of `/proc/self/status` in KiB: `VmHWM` (the most memory ever), `VmRSS` (now).
pub fn status_kib(name: &str) -> Option<u64> {
    kib("/proc/self/status", name)
}

/// The share of memory that is this process's own (PSS), in KiB.
pub fn pss_kib() -> Option<u64> {
    kib("/proc/self/smaps_rollup", "Pss")
}

fn kib(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Runs another program to its end: CPU seconds and wall seconds; `None` when it is not installed or its times are not told.
pub fn other_program(name: &str, arguments: &[&OsStr], environment: &[(&str, &OsStr)]) -> Result<Option<(f64, f64)>> {
    let mut command = Command::new(name);
    command.args(arguments).envs(environment.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (Some(before), start) = (children_cpu_seconds(), micros()) else { return Ok(None) };
    let status = match command.status() {
        Ok(status) => status,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("Cannot start {name}")),
    };
    if !status.success() {
        return Ok(None);
    }
    let wall = micros().saturating_sub(start) as f64 / 1e6;
    Ok(children_cpu_seconds().map(|after| (after - before, wall)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let times = Times((1..=200).collect());
        assert_eq!((times.percentile(50), times.percentile(95), times.percentile(99), times.percentile(100)), (100, 190, 198, 200));
        assert_eq!(Times::default().percentile(50), 0);
        assert_eq!(ratio(1.0, 0.0), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_and_cpu_time_are_told() {
        assert!(status_kib("VmHWM").unwrap() >= status_kib("VmRSS").unwrap() / 2);
        assert!(pss_kib().unwrap() > 0);
        assert!(cpu_seconds().unwrap() > 0.0);
        assert!(other_program("true", &[], &[]).unwrap().is_some());
        assert!(other_program("no-such-program-here", &[], &[]).unwrap().is_none());
    }
}
