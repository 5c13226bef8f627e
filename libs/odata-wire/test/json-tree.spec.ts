import { array, assert, constantFrom, integer, json, property } from 'fast-check'
import { annotationName, annotationText, jsonTreeText, MalformedJson, memberOf, readJsonTree, stringOf } from '@tributary/odata-wire'

const read = (text: string) => readJsonTree(Buffer.from(text))
const through = (text: string): string => jsonTreeText(read(text))

const hasTwins = (text: string): boolean => {
  try {
    read(text)
    return false
  } catch (error) {
    return error instanceof MalformedJson && error.reason.includes('given twice')
  }
}

const accepted = (parse: () => unknown): boolean => {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

describe('a JSON tree', () => {
  it('keeps every token as it was written', () => {
    const text = '{"a":0.10,"b":9007199254740993,"c":-1E+400,"d":"\\u00e9\\/","e":[true,false,null,{}],"":""}'
    expect(through(` \uFEFF${text}`.trimStart())).toBe(text)
    expect(through('\uFEFF [ 1 ,\t2\r\n] ')).toBe('[1,2]')
  })

  it('means what JSON.parse means', () => {
    assert(property(json(), integer({ min: 0, max: 2 }), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), null, indent)
      expect(JSON.parse(through(spaced))).toEqual(JSON.parse(spaced))
    }))
  })

  it('rejects what JSON.parse rejects, and nothing else but names given twice', () => {
    const pieces = constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"b":1', '1', '-', '01', '1.', '.5', '1e5', '1e', 'true', 'nul', '"', '\\', '"\\x"', '"\u0001"', ' ', '\n', '\u00a0')
    assert(property(array(pieces, { maxLength: 8 }).map((parts) => parts.join('')), (text) => {
      expect([text, accepted(() => read(text))]).toEqual([text, accepted(() => JSON.parse(text) as unknown) && !hasTwins(text)])
    }), { numRuns: 2000 })
  })

  it.each([
    ['{"a":1,}', 1, 8, 'found "}", expected a name'], ['{"a":1\n "b":2}', 2, 2, 'found "\\"", expected a comma or }'], ['[1 2]', 1, 4, 'found "2", expected a comma or ]'], ['', 1, 1, 'found the end, expected a value'],
    ['{"a" 1}', 1, 6, 'found "1", expected a colon'], ['{"a":1,"b":2,"a":3}', 1, 14, 'the name "a" is given twice'], ['["x', 1, 2, 'found a string that does not end'], ['[1] 2', 1, 5, 'found "2" behind the end'],
    ['["\\q"]', 1, 3, 'found an escape that is none'],
  ])('says where %j is wrong', (text, line, column, reason) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ line, column, reason }))
  })

  it('bears depth and length', () => {
    expect(() => read('['.repeat(101) + ']'.repeat(101))).toThrow('deeper than 100')
    expect(through('['.repeat(100) + ']'.repeat(100))).toHaveLength(200)
    const long = JSON.stringify('x\\"'.repeat(500_000))
    expect(through(long)).toBe(long)
  })

  it('gives members and strings', () => {
    const tree = read('{"a":"\\u0041","b":1}')
    expect([stringOf(memberOf(tree, 'a')), stringOf(memberOf(tree, 'b')), memberOf(tree, 'c'), stringOf(undefined)]).toEqual(['A', undefined, undefined, undefined])
  })
})

describe('names of annotations', () => {
  it.each([
    ['@odata.id', { of: '', term: 'odata.id', control: 'id' }, '@odata.id', '@id'], ['@id', { of: '', term: 'id', control: 'id' }, '@odata.id', '@id'],
    ['Photo@odata.mediaReadLink', { of: 'Photo', term: 'odata.mediaReadLink', control: 'mediaReadLink' }, 'Photo@odata.mediaReadLink', 'Photo@mediaReadLink'],
    ['@Org.Example.Term', { of: '', term: 'Org.Example.Term' }, '@Org.Example.Term', '@Org.Example.Term'], ['Name@Core.Description#de', { of: 'Name', term: 'Core.Description#de' }, 'Name@Core.Description#de', 'Name@Core.Description#de'],
  ])('%s', (name, parts, older, newer) => {
    const found = annotationName(name)
    expect(found).toEqual(parts)
    expect(found === undefined ? [] : [annotationText(found, { prefixed: true }), annotationText(found, { prefixed: false })]).toEqual([older, newer])
    expect(annotationName('Name')).toBeUndefined()
  })
})
