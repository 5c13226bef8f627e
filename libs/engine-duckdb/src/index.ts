/**
 * Rows beyond memory: a locked-down DuckDB over private files, behind the operators' port `Engine`.
 *
 * ```
 * operator ── keys as texts, row as bytes ──▶ keyed-lines ──▶ file ──▶ COPY … ORDER BY ──▶ file ──▶ read-lines ──▶ operator
 * pages of both sides of a join ──▶ statement/spooled-table ──▶ files ──▶ statement/plan-sql ──▶ rows as JSON texts
 * ```
 * `spool-room` owns the directory, `spool-quota` counts it, `database` opens the one instance and locks it, `statements` runs what belongs to one
 * request and ends it with the request. Why it is so: docs/adr/0021.
 */
export { openDuckdb, type DuckdbEngine, type DuckdbOptions } from './duckdb-engine.js'
