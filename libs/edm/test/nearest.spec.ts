import * as fc from 'fast-check'
import { nearest } from '@tributary/edm'

describe('nearest', () => {
  it.each([
    ['Custmer', ['Orders', 'Customer', 'Customs'], 'Customer'],
    ['Freihgt', ['Freight', 'Weight'], 'Freight'],
    ['companyname', ['CompanyName'], 'CompanyName'],
    ['ID', ['Id', 'IX'], 'Id'],
    ['ID', ['IX', 'XY'], undefined],
    ['Order', ['Supplier'], undefined],
    ['Größe', ['Groesse', 'Grösse', 'Große'], 'Große'],
    ['x', [], undefined],
  ])('of %s among %j is %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected)
  })

  it('finds what one slip made of a longer name', () => {
    const letters = fc.stringMatching(/^[a-z]{6,12}$/)
    fc.assert(fc.property(letters, fc.nat(), fc.constantFrom('drop', 'double', 'swap', 'change'), (name, where, slip) => {
      const at = where % (name.length - 1)
      const [head, tail] = [name.slice(0, at), name.slice(at)]
      const slipped = { drop: head + tail.slice(1), double: `${head}${tail[0]}${tail}`, swap: `${head}${tail[1]}${tail[0]}${tail.slice(2)}`, change: `${head}_${tail.slice(1)}` }[slip]
      expect(nearest(slipped, ['0000000000', name, '1111111111'])).toBe(name)
    }))
  })
})
