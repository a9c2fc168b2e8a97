#include "peers.h"
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
#include <stdlib.h>
#include <string.h>

static const int64_t from_2000_to_1970 = 946684800000000LL;

static uint64_t big(uint64_t value) { return __builtin_bswap64(value); }

static int64_t read_int64(const char *bytes) {
    uint64_t value;
    memcpy(&value, bytes, 8);
    return (int64_t)big(value);
}

void *peer_postgres_open(const char *conninfo) {
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) == CONNECTION_OK) return connection;
    PQfinish(connection);
    return 0;
}

void peer_postgres_close(void *connection) { PQfinish(connection); }

int peer_postgres_prepare(void *connection, const char *name, const char *sql) {
    PGresult *result = PQprepare(connection, name, sql, 0, 0);
    int done = PQresultStatus(result) == PGRES_COMMAND_OK ? 1 : -1;
    PQclear(result);
    return done;
}

static char *copy_text(const PGresult *result, int row, int column) {
    if (PQgetisnull(result, row, column)) return 0;
    int length = PQgetlength(result, row, column);
    char *copy = malloc((size_t)length + 1);
    memcpy(copy, PQgetvalue(result, row, column), (size_t)length);
    copy[length] = 0;
    return copy;
}

static void read_user(const PGresult *result, int row, peer_user *user) {
    user->id = read_int64(PQgetvalue(result, row, 0));
    user->email = copy_text(result, row, 1);
    user->name = copy_text(result, row, 2);
    int64_t bits = read_int64(PQgetvalue(result, row, 3));
    memcpy(&user->score, &bits, 8);
    user->active = *PQgetvalue(result, row, 4);
    user->created = read_int64(PQgetvalue(result, row, 5)) + from_2000_to_1970;
    user->visits = read_int64(PQgetvalue(result, row, 6));
    user->plan = copy_text(result, row, 7);
}

peer_users peer_postgres_all(void *connection, const char *name) {
    PGresult *result = PQexecPrepared(connection, name, 0, 0, 0, 0, 1);
    peer_users users = {0, PQntuples(result)};
    users.rows = malloc((size_t)(users.count + 1) * sizeof(peer_user));
    for (int row = 0; row < users.count; row++) read_user(result, row, &users.rows[row]);
    PQclear(result);
    return users;
}

int peer_postgres_one(void *connection, const char *name, int64_t id, peer_user *user) {
    uint64_t bytes = big((uint64_t)id);
    const char *values[] = {(const char *)&bytes};
    int lengths[] = {8}, formats[] = {1};
    PGresult *result = PQexecPrepared(connection, name, 1, values, lengths, formats, 1);
    int found = PQntuples(result) == 1 ? 1 : -1;
    if (found == 1) read_user(result, 0, user);
    PQclear(result);
    return found;
}

static char *put(char *to, int length, const void *bytes) {
    uint32_t size = __builtin_bswap32((uint32_t)length);
    memcpy(to, &size, 4);
    if (length > 0) memcpy(to + 4, bytes, (size_t)length);
    return to + 4 + (length > 0 ? length : 0);
}

static char *put_int64(char *to, int64_t value) {
    uint64_t bytes = big((uint64_t)value);
    return put(to, 8, &bytes);
}

static char *put_text(char *to, const char *text) { return text ? put(to, (int)strlen(text), text) : put(to, -1, 0); }

int peer_postgres_copy(void *connection, const char *sql, const peer_user *users, int count) {
    PGresult *result = PQexec(connection, sql);
    int ready = PQresultStatus(result) == PGRES_COPY_IN;
    PQclear(result);
    if (!ready) return -1;
    static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    PQputCopyData(connection, header, 19);
    char row[4096];
    for (int i = 0; i < count; i++) {
        const peer_user *user = &users[i];
        uint16_t columns = __builtin_bswap16(8);
        memcpy(row, &columns, 2);
        char *end = put_int64(row + 2, user->id);
        end = put_text(end, user->email);
        end = put_text(end, user->name);
        int64_t bits;
        memcpy(&bits, &user->score, 8);
        end = put_int64(end, bits);
        char active = (char)user->active;
        end = put(end, 1, &active);
        end = put_int64(end, user->created - from_2000_to_1970);
        end = put_int64(end, user->visits);
        end = put_text(end, user->plan);
        PQputCopyData(connection, row, (int)(end - row));
    }
    PQputCopyData(connection, "\377\377", 2);
    PQputCopyEnd(connection, 0);
    result = PQgetResult(connection);
    int done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    while ((result = PQgetResult(connection))) PQclear(result);
    return done ? count : -1;
}
