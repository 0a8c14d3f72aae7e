//! A double-array trie that is read where it lies, in the layout of Darts-clone: one 32-bit unit a node, children found by
//! exclusive or with the byte. The normaliser's rules inside a SentencePiece model have this layout, and set-up builds the pieces
//! in the same one. Every read is checked: a damaged trie finds nothing.

/// A trie over the units of the file.
#[derive(Clone, Copy)]
pub(super) struct Trie<'a>(pub &'a [u32]);

/// A place on the way from the root.
#[derive(Clone, Copy)]
pub(super) struct Node(u32);

impl Trie<'_> {
    /// The root. An empty trie has one too, with nothing below it.
    pub fn root(self) -> Node {
        Node(self.0.first().map_or(0, |unit| children(*unit)))
    }

    /// The node below by this byte, with the value of the key that ends there.
    pub fn step(self, node: Node, byte: u8) -> Option<(Node, Option<u32>)> {
        /// The top bit marks a value; a node that is reached carries the byte of its edge in the lowest eight.
        const LABEL: u32 = 1 << 31 | 0xff;
        const HAS_VALUE: u32 = 1 << 8;
        let place = node.0 ^ u32::from(byte);
        let unit = *self.0.get(place as usize)?;
        if unit & LABEL != u32::from(byte) {
            return None;
        }
        let below = place ^ children(unit);
        let value = if unit & HAS_VALUE == 0 { None } else { self.0.get(below as usize).map(|unit| unit & !(1 << 31)) };
        Some((Node(below), value))
    }

    /// The longest key at the start of `bytes`: its length and value.
    pub fn longest(self, bytes: &[u8]) -> Option<(usize, u32)> {
        let mut node = self.root();
        let mut best = None;
        for (index, byte) in bytes.iter().enumerate() {
            let Some((below, value)) = self.step(node, *byte) else { break };
            best = value.map(|value| (index + 1, value)).or(best);
            node = below;
        }
        best
    }
}

/// How far the children are: the upper 22 bits, times 256 when the tenth bit is set.
const fn children(unit: u32) -> u32 {
    (unit >> 10) << ((unit & 1 << 9) >> 6)
}
