#include "peers.h"
#include <sqlite3.h>
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
#include <stdio.h>
#include <stdlib.h>

static volatile double sink;

int64_t peer_sqlite_drain(void *database, const char *sql, const double *parameters, int count) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, 0) != SQLITE_OK) return -1;
    for (int index = 0; index < count; index++) sqlite3_bind_double(statement, index + 1, parameters[index]);
    int columns = sqlite3_column_count(statement), status;
    int64_t rows = 0;
    double sum = 0;
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int column = 0; column < columns; column++) sum += sqlite3_column_double(statement, column);
        rows++;
    }
    sink = sum;
    sqlite3_finalize(statement);
    return status == SQLITE_DONE ? rows : -1;
}

// Binary results row by row, so that memory stays constant as it does for the one measured.
int64_t peer_postgres_drain(void *connection, const char *sql, const double *parameters, int count) {
    char texts[16][32];
    const char *values[16];
    if (count > 16) return -1;
    for (int index = 0; index < count; index++) {
        snprintf(texts[index], sizeof texts[index], "%.17g", parameters[index]);
        values[index] = texts[index];
    }
    if (!PQsendQueryParams(connection, sql, count, 0, values, 0, 0, 1) || !PQsetSingleRowMode(connection)) return -1;
    int64_t rows = 0;
    double sum = 0;
    int failed = 0;
    PGresult *result;
    while ((result = PQgetResult(connection))) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_SINGLE_TUPLE) {
            for (int column = 0; column < PQnfields(result); column++) sum += PQgetlength(result, 0, column);
            rows++;
        } else if (status != PGRES_TUPLES_OK) {
            failed = 1;
        }
        PQclear(result);
    }
    sink = sum;
    return failed ? -1 : rows;
}
