//! Scores of texts that were not trained on into logarithms of odds, and from where on a language counts as angry.

/// A held-out score, whether the answer was yes, and what it counts.
pub type Held = (f32, bool, f32);

/// Makes both answers count alike.
pub fn balance(held: &mut [Held]) {
    let sum = |yes: bool| held.iter().filter(|h| h.1 == yes).map(|h| h.2).sum::<f32>().max(1e-6);
    let factor = sum(false) / sum(true);
    held.iter_mut().filter(|h| h.1).for_each(|h| h.2 *= factor);
}

/// Factor and addend with the least surprise (Platt 1999), by Newton's steps on two numbers.
pub fn logistic(held: &[Held]) -> (f32, f32) {
    let (mut factor, mut addend) = (1.0f64, 0.0f64);
    for _ in 0..50 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (factor * 1e-6, 0.0, 1e-6, 0.0, 1e-6);
        for (score, yes, counts) in held {
            let (x, counts) = (f64::from(*score), f64::from(*counts));
            let p = 1.0 / (1.0 + (-(factor * x + addend)).exp());
            let (error, weight) = ((p - f64::from(u8::from(*yes))) * counts, (p * (1.0 - p)).max(1e-9) * counts);
            ga += error * x;
            gb += error;
            haa += weight * x * x;
            hab += weight * x;
            hbb += weight;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((ga * hbb - gb * hab) / determinant, (gb * haa - ga * hab) / determinant);
        (factor, addend) = (factor - da, addend - db);
        if da.abs() + db.abs() < 1e-7 {
            break;
        }
    }
    (factor as f32, addend as f32)
}

/// The score from which on F1 can be expected to be best: by the probabilities of the scores, since the best of the counts themselves
/// is a matter of luck where a language has few angry posts.
pub fn best_f1(held: &[Held]) -> f32 {
    let (factor, addend) = logistic(held);
    let probability = |score: f32| 1.0 / (1.0 + (-(factor * score + addend)).exp());
    let mut scores: Vec<f32> = held.iter().map(|h| h.0).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    let all: f32 = scores.iter().map(|score| probability(*score)).sum();
    let (mut right, mut best) = (0.0f32, (-1.0f32, 0.0f32));
    for (at, score) in scores.iter().enumerate() {
        right += probability(*score);
        let f1 = 2.0 * right / (at as f32 + 1.0 + all);
        if f1 > best.0 {
            best = (f1, *score);
        }
    }
    best.1
}

/// F1 of the scores from `from` on.
pub fn f1(held: &[Held], from: f32) -> f32 {
    let told = held.iter().filter(|h| h.0 >= from).count() as f32;
    let all = held.iter().filter(|h| h.1).count() as f32;
    let right = held.iter().filter(|h| h.1 && h.0 >= from).count() as f32;
    if told + all > 0.0 { 2.0 * right / (told + all) } else { 0.0 }
}
