// What a careful C programmer would write by hand: the peers of the database drivers.
#pragma once
#include <stdint.h>

typedef struct {
    int64_t id;
    char *email;
    char *name; // NULL where the column is
    double score;
    int active;
    int64_t created;
    int64_t visits;
    char *plan;
} peer_user;

typedef struct {
    peer_user *rows;
    int count;
} peer_users;

void peer_users_free(peer_users users);
// Frees what a row that was read by its key holds.
void peer_user_clear(peer_user *user);

// All functions that return a pointer or a count give NULL or -1 on failure.

void *peer_sqlite_open(const char *path);
void peer_sqlite_close(void *database);
// Prepared once and kept.
void *peer_sqlite_prepare(void *database, const char *sql);
void peer_sqlite_finalize(void *statement);
peer_users peer_sqlite_all(void *statement);
int peer_sqlite_one(void *statement, int64_t id, peer_user *user);
// One transaction, one prepared statement.
int peer_sqlite_insert(void *database, const char *sql, const peer_user *users, int count);

// Steps through all rows and reads each value as a number; gives the number of rows. The parameters are doubles.
int64_t peer_sqlite_drain(void *database, const char *sql, const double *parameters, int count);
int64_t peer_postgres_drain(void *connection, const char *sql, const double *parameters, int count);

void *peer_postgres_open(const char *conninfo);
void peer_postgres_close(void *connection);
int peer_postgres_prepare(void *connection, const char *name, const char *sql);
peer_users peer_postgres_all(void *connection, const char *name);
int peer_postgres_one(void *connection, const char *name, int64_t id, peer_user *user);
// COPY FROM STDIN, the fastest way there is.
int peer_postgres_copy(void *connection, const char *sql, const peer_user *users, int count);
/// The version of the library that is linked.
const char *peer_sqlite_version(void);

