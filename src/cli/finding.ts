/** The result of one of the doctor's checks. */
export interface Finding {
  /** `unknown` if the check could not be made; that need not mean that anything is wrong. */
  status: 'ok' | 'wrong' | 'unknown';
  /** What is fine, or how to fix what isn't. */
  sentence: string;
}

export const ok = (sentence: string): Finding => ({ status: 'ok', sentence });
export const wrong = (sentence: string): Finding => ({ status: 'wrong', sentence });
export const unknown = (sentence: string): Finding => ({ status: 'unknown', sentence });
