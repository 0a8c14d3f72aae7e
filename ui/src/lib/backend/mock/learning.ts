// Proposals, gaps and cases of the preview.
import type { Gap, Proposal, RegressionCase } from "$lib/backend/types";

const MINUTE = 60_000;

/** Answers of people that could become articles. */
export const proposals = (now: number, conversation: number): Proposal[] => [
  {
    ...{ id: 1, conversation_id: conversation, message_id: conversation * 10 + 1, language: "en", intent: "product_question" },
    question: "Is the Aurora lamp dimmable?",
    answer: "Yes, with any LED dimmer up to 100 W.",
    ...{ state: "open", article_id: null, member: "", at: now - 30 * MINUTE, decided_at: null },
  },
];

/** Questions without an answer. */
export const gaps = (now: number, conversations: number[]): Gap[] => [
  { question: "Do you engrave names on the teapot?", language: "en", count: 7, conversations, last_at: now - 12 * MINUTE },
  { question: "Gibt es einen Ausstellungsraum in Wien?", language: "de", count: 2, conversations: [], last_at: now - 900 * MINUTE },
];

/** Corrected mistakes. */
export const cases = (now: number): RegressionCase[] => [
  {
    ...{ id: 1, message_id: 11, question: "Which payment methods do you accept?", language: "en", intent: "payment_problem" },
    ...{ expect: "article", article_key: "pay", passed: false, became: "weak_evidence", ran_at: now - 3 * MINUTE },
    ...{ member: "Ann Keller", at: now - 4000 * MINUTE },
  },
  {
    ...{ id: 2, message_id: 12, question: "My lamp hums, is that dangerous?", language: "en", intent: "complaint" },
    ...{ expect: "person", article_key: null, passed: true, became: "complaint", ran_at: now - 3 * MINUTE },
    ...{ member: "Ann Keller", at: now - 9000 * MINUTE },
  },
];
