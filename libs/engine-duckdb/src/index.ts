/** Rows beyond memory: a locked-down DuckDB over private files, behind the operators' port `Engine`. */
export { openDuckdb, type DuckdbEngine, type DuckdbOptions } from './duckdb-engine.js'
