/** Guards what identifies a person: sealed for keeping, a blind index for finding. */
export interface PersonalData {
  /** AES-256-GCM under a key of this row's own; `place` = table, column and row id is authenticated with it. */
  seal(text: string, place: { table: string; column: string; id: number }): string;
  /** @throws Error when the text was sealed for another place or changed */
  open(sealed: string, place: { table: string; column: string; id: number }): string;
  /** HMAC-SHA256: equal for equal texts, says nothing else. */
  blindIndex(text: string): Buffer;
}
