/** What a value on the command line should be, as a sentence. Whoever reads the line tells which value of which option it was. */
export class BadValue extends Error {
  override readonly name = 'BadValue';
}
