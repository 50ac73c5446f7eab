/** A promise that was broken, with what shows it. */
export interface Violation {
  readonly rule: string;
  readonly evidence: string;
}
