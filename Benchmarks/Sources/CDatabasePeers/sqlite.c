#include "peers.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static char *copy_text(const unsigned char *text, int length) {
    if (!text) return 0;
    char *copy = malloc((size_t)length + 1);
    memcpy(copy, text, (size_t)length);
    copy[length] = 0;
    return copy;
}

void peer_user_clear(peer_user *user) {
    free(user->email);
    free(user->name);
    free(user->plan);
}

void peer_users_free(peer_users users) {
    for (int i = 0; i < users.count; i++) peer_user_clear(&users.rows[i]);
    free(users.rows);
}

void *peer_sqlite_open(const char *path) {
    sqlite3 *database = 0;
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0) != SQLITE_OK) return 0;
    sqlite3_busy_timeout(database, 5000);
    return database;
}

void peer_sqlite_close(void *database) { sqlite3_close_v2(database); }

void *peer_sqlite_prepare(void *database, const char *sql) {
    sqlite3_stmt *statement = 0;
    sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0);
    return statement;
}

void peer_sqlite_finalize(void *statement) { sqlite3_finalize(statement); }

static void read_user(sqlite3_stmt *s, peer_user *user) {
    user->id = sqlite3_column_int64(s, 0);
    const unsigned char *text = sqlite3_column_text(s, 1);
    user->email = copy_text(text, sqlite3_column_bytes(s, 1));
    text = sqlite3_column_text(s, 2);
    user->name = copy_text(text, sqlite3_column_bytes(s, 2));
    user->score = sqlite3_column_double(s, 3);
    user->active = sqlite3_column_int(s, 4);
    user->created = sqlite3_column_int64(s, 5);
    user->visits = sqlite3_column_int64(s, 6);
    text = sqlite3_column_text(s, 7);
    user->plan = copy_text(text, sqlite3_column_bytes(s, 7));
}

peer_users peer_sqlite_all(void *statement) {
    peer_users users = {malloc(16 * sizeof(peer_user)), 0};
    int capacity = 16;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (users.count == capacity) users.rows = realloc(users.rows, (size_t)(capacity *= 2) * sizeof(peer_user));
        read_user(statement, &users.rows[users.count++]);
    }
    sqlite3_reset(statement);
    return users;
}

int peer_sqlite_one(void *statement, int64_t id, peer_user *user) {
    sqlite3_bind_int64(statement, 1, id);
    int found = sqlite3_step(statement) == SQLITE_ROW;
    if (found) {
        read_user(statement, user);
        sqlite3_step(statement);
    }
    sqlite3_reset(statement);
    return found ? 1 : -1;
}

int peer_sqlite_insert(void *database, const char *sql, const peer_user *users, int count) {
    sqlite3_stmt *s = 0;
    if (sqlite3_exec(database, "BEGIN IMMEDIATE", 0, 0, 0) != SQLITE_OK) return -1;
    if (sqlite3_prepare_v2(database, sql, -1, &s, 0) != SQLITE_OK) return -1;
    int failed = 0;
    for (int i = 0; i < count; i++) {
        const peer_user *user = &users[i];
        sqlite3_bind_int64(s, 1, user->id);
        sqlite3_bind_text(s, 2, user->email, -1, SQLITE_STATIC);
        if (user->name) sqlite3_bind_text(s, 3, user->name, -1, SQLITE_STATIC);
        else sqlite3_bind_null(s, 3);
        sqlite3_bind_double(s, 4, user->score);
        sqlite3_bind_int(s, 5, user->active);
        sqlite3_bind_int64(s, 6, user->created);
        sqlite3_bind_int64(s, 7, user->visits);
        sqlite3_bind_text(s, 8, user->plan, -1, SQLITE_STATIC);
        failed |= sqlite3_step(s) != SQLITE_DONE;
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    if (sqlite3_exec(database, failed ? "ROLLBACK" : "COMMIT", 0, 0, 0) != SQLITE_OK || failed) return -1;
    return count;
}

const char *peer_sqlite_version(void) { return sqlite3_libversion(); }
