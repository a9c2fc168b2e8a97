#include <libpq-fe.h>

static inline void prisml_pq_ignore_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

// Keeps notices off the standard error output.
static inline void prisml_pq_silence(PGconn *connection) {
    PQsetNoticeReceiver(connection, prisml_pq_ignore_notice, 0);
}

// A set of sockets to wait for, as Linux and Apple's systems have it. Each arming is good for one event, and may be done
// while another thread waits.
#ifdef __linux__
#include <sys/epoll.h>

static inline int prisml_sockets_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int prisml_sockets_arm(int set, int socket, int for_writing) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT | (for_writing ? EPOLLOUT : 0), .data = {.fd = socket}};
    // A closed socket leaves the set by itself, and its number may have been given to a new one.
    if (epoll_ctl(set, EPOLL_CTL_MOD, socket, &event) == 0) return 0;
    return epoll_ctl(set, EPOLL_CTL_ADD, socket, &event);
}

static inline int prisml_sockets_wait(int set, int *sockets, int capacity) {
    struct epoll_event events[64];
    int count = epoll_wait(set, events, capacity < 64 ? capacity : 64, -1);
    for (int i = 0; i < count; i++) sockets[i] = events[i].data.fd;
    return count;
}
#else
#include <sys/event.h>

static inline int prisml_sockets_create(void) { return kqueue(); }

static inline int prisml_sockets_arm(int set, int socket, int for_writing) {
    struct kevent changes[2];
    EV_SET(&changes[0], socket, EVFILT_READ, EV_ADD | EV_ONESHOT, 0, 0, 0);
    EV_SET(&changes[1], socket, EVFILT_WRITE, EV_ADD | EV_ONESHOT, 0, 0, 0);
    return kevent(set, changes, for_writing ? 2 : 1, 0, 0, 0);
}

static inline int prisml_sockets_wait(int set, int *sockets, int capacity) {
    struct kevent events[64];
    int count = kevent(set, 0, 0, events, capacity < 64 ? capacity : 64, 0);
    for (int i = 0; i < count; i++) sockets[i] = (int)events[i].ident;
    return count;
}
#endif
