import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeSqliteDatabase } from '../src/index.js'

describe('the database over node:sqlite', () => {
  let database: NodeSqliteDatabase
  beforeEach(() => {
    database = new NodeSqliteDatabase(':memory:')
    database.exec('CREATE TABLE city (id integer PRIMARY KEY, name text, area real, map blob)')
  })
  afterEach(() => database.close())

  it('tells statements that answer rows from those that do not', () => {
    expect(database.prepare('SELECT 1').reader).toBe(true)
    expect(database.prepare('PRAGMA table_info(city)').reader).toBe(true)
    expect(database.prepare("INSERT INTO city (name) VALUES ('Ulm') RETURNING id").reader).toBe(true)
    expect(database.prepare("INSERT INTO city (name) VALUES ('Ulm')").reader).toBe(false)
    expect(database.prepare('BEGIN').reader).toBe(false)
  })

  it('runs, and answers what was changed', () => {
    const insert = database.prepare('INSERT INTO city (name, area, map) VALUES (?, ?, ?)')
    expect(insert.run('Ulm', 118.7, Buffer.from([1, 2]))).toEqual({ changes: 1, lastInsertRowid: 1 })
    expect(insert.run('Bonn', null, null)).toEqual({ changes: 1, lastInsertRowid: 2 })
    expect(database.prepare('UPDATE city SET area = 1').run()).toMatchObject({ changes: 2 })
  })

  it('answers rows as plain objects, all, one, or one by one', () => {
    database.exec("INSERT INTO city (name) VALUES ('Ulm'), ('Bonn')")
    const query = database.prepare('SELECT id, name FROM city WHERE id >= ? ORDER BY id')
    expect(query.all(1)).toStrictEqual([{ id: 1, name: 'Ulm' }, { id: 2, name: 'Bonn' }])
    expect(query.get(2)).toStrictEqual({ id: 2, name: 'Bonn' })
    expect(query.get(3)).toBeUndefined()
    expect([...query.iterate(1)]).toStrictEqual(query.all(1))
  })

  it('answers pragmas as rows, or simply', () => {
    database.pragma('user_version = 7')
    expect(database.pragma('user_version')).toStrictEqual([{ user_version: 7 }])
    expect(database.pragma('user_version', { simple: true })).toBe(7)
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  it('commits a transaction that returns, and rolls back one that throws', () => {
    const add = database.transaction((name: string) => {
      database.prepare('INSERT INTO city (name) VALUES (?)').run(name)
      if (name === '') throw new Error('a city has a name')
      return database.inTransaction
    })
    expect(add('Ulm')).toBe(true)
    expect(() => add('')).toThrow('a city has a name')
    expect(database.inTransaction).toBe(false)
    expect(database.prepare('SELECT count(*) AS cities FROM city').get()).toEqual({ cities: 1 })
  })

  it('enforces foreign keys', () => {
    database.exec('CREATE TABLE street (city integer NOT NULL REFERENCES city (id))')
    expect(() => database.prepare('INSERT INTO street VALUES (9)').run()).toThrow(/FOREIGN KEY/)
  })

  it('closes once and for all', () => {
    database.close()
    expect(database.open).toBe(false)
    expect(() => database.prepare('SELECT 1')).toThrow('not open')
    expect(database.close()).toBe(database)
  })

  it('reads only, and makes no file, where it is told so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'node-sqlite-'))
    const file = join(folder, 'some.sqlite')
    expect(() => new NodeSqliteDatabase(file, { fileMustExist: true })).toThrow('there is no database file')
    new NodeSqliteDatabase(file).exec('CREATE TABLE t (a)').close()
    const reading = new NodeSqliteDatabase(file, { readonly: true, fileMustExist: true })
    expect(() => reading.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly/)
    reading.close()
    rmSync(folder, { recursive: true })
  })
})
