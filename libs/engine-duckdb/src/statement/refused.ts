/** What cannot be given away, and why. */
export class Refused extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'Refused'
  }
}

/** @throws Refused */
export function refuse(what: string): never {
  throw new Refused(`${what} is not computed there`)
}
