/** Only what was given: a filter holds nothing but what must hold. */
export const given = <Filter extends object>(filter: Filter) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as { [Name in keyof Filter]?: Exclude<Filter[Name], undefined> }
