"""The Python peers: the same reads of the same rows as the suites in Swift.

usage: peers.py SECONDS SQLITE_FILE [POSTGRES_SOCKET_FOLDER DATABASE]

Prints one JSON line for each measurement: {"name": …, "items": …, "seconds": [one for each repetition]}.
"""

import asyncio
import gc
import json
import sys
import time

SECONDS = float(sys.argv[1])
SQLITE = sys.argv[2]
POSTGRES = sys.argv[3:5] if len(sys.argv) > 4 else None
COLUMNS = "id, email, name, score, active, created, visits, plan"
COUNT = 10_000


def report(name, items, seconds):
    print(json.dumps({"name": name, "items": items, "seconds": seconds}), flush=True)


def measure(name, items, body):
    """Repeats `body` for as long as was asked, without collecting garbage in the middle."""
    body()
    samples, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(samples) < 3:
        gc.collect()
        start = time.perf_counter()
        body()
        samples.append(time.perf_counter() - start)
    report(name, items, samples)


async def measure_async(name, items, body):
    await body()
    samples, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(samples) < 3:
        gc.collect()
        start = time.perf_counter()
        await body()
        samples.append(time.perf_counter() - start)
    report(name, items, samples)


class Keys:
    """The same keys, in the same order, as the other peers ask for."""

    def __init__(self):
        self.number = 0

    def next(self):
        self.number = (self.number + 7919) % COUNT
        return self.number + 1


# How many reads by key are one repetition, so that the clock does not weigh in.
BY_KEY = 100


def sqlalchemy_peers(label, url):
    from sqlalchemy import BigInteger, Boolean, DateTime, Float, Integer, String, TypeDecorator, create_engine, select
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    import datetime

    class Milliseconds(TypeDecorator):
        """Prisma keeps dates in SQLite as milliseconds."""

        impl = BigInteger
        cache_ok = True

        def process_result_value(self, value, dialect):
            return datetime.datetime.fromtimestamp(value / 1000, datetime.timezone.utc)

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(Integer, primary_key=True)
        email: Mapped[str] = mapped_column(String)
        name: Mapped[str | None] = mapped_column(String)
        score: Mapped[float] = mapped_column(Float)
        active: Mapped[bool] = mapped_column(Boolean)
        created: Mapped[datetime.datetime] = mapped_column(Milliseconds if url.startswith("sqlite") else DateTime)
        visits: Mapped[int] = mapped_column(BigInteger)
        plan: Mapped[str] = mapped_column(String)

    engine = create_engine(url)

    def everything():
        with Session(engine) as session:
            return session.scalars(select(User)).all()

    def by_key():
        for _ in range(BY_KEY):
            with Session(engine) as session:
                session.get(User, keys.next())

    keys = Keys()
    assert len(everything()) == COUNT
    measure(f"{label}, all rows: SQLAlchemy", COUNT, everything)
    measure(f"{label}, by key: SQLAlchemy", BY_KEY, by_key)


def django_peers(label, alias, User):
    def everything():
        return list(User.objects.using(alias).all())

    def by_key():
        for _ in range(BY_KEY):
            User.objects.using(alias).get(pk=keys.next())

    keys = Keys()
    assert len(everything()) == COUNT
    measure(f"{label}, all rows: Django", COUNT, everything)
    measure(f"{label}, by key: Django", BY_KEY, by_key)


def django():
    from django.conf import settings

    databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": SQLITE}}
    if POSTGRES:
        databases["postgres"] = {
            "ENGINE": "django.db.backends.postgresql", "HOST": POSTGRES[0], "NAME": POSTGRES[1], "USER": "postgres", "CONN_MAX_AGE": None,
        }
    settings.configure(DATABASES=databases, USE_TZ=False, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    import django

    django.setup()
    from django.db import models

    def model(name, table):
        fields = {
            "id": models.BigIntegerField(primary_key=True), "email": models.TextField(), "name": models.TextField(null=True),
            "score": models.FloatField(), "active": models.BooleanField(), "created": models.DateTimeField(), "visits": models.BigIntegerField(),
            "plan": models.TextField(), "__module__": __name__,
            "Meta": type("Meta", (), {"db_table": table, "managed": False, "app_label": name}),
        }
        return type(name, (models.Model,), fields)

    # Django reads a DATETIME column as text only, so it gets a table with its own format.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS django_users")
        cursor.execute(
            "CREATE TABLE django_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, score REAL NOT NULL, active BOOL NOT NULL,"
            " created DATETIME NOT NULL, visits BIGINT NOT NULL, plan TEXT NOT NULL)"
        )
        cursor.execute(
            "INSERT INTO django_users SELECT id, email, name, score, active,"
            " strftime('%%Y-%%m-%%d %%H:%%M:%%f', created / 1000.0, 'unixepoch'), visits, plan FROM users" % ()
        )
    django_peers("sqlite", "default", model("SQLiteUser", "django_users"))
    if POSTGRES:
        django_peers("postgres", "postgres", model("PostgresUser", "users"))


def psycopg_peers():
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(host=POSTGRES[0], dbname=POSTGRES[1], user="postgres", row_factory=dict_row, autocommit=True) as connection:
        keys = Keys()

        def everything():
            return connection.execute(f"SELECT {COLUMNS} FROM users", binary=True, prepare=True).fetchall()

        def by_key():
            for _ in range(BY_KEY):
                connection.execute(f"SELECT {COLUMNS} FROM users WHERE id = %s", [keys.next()], binary=True, prepare=True).fetchone()

        assert len(everything()) == COUNT
        measure("postgres, all rows: psycopg 3", COUNT, everything)
        measure("postgres, by key: psycopg 3", BY_KEY, by_key)


async def asyncpg_peers():
    import asyncpg

    pool = await asyncpg.create_pool(host=POSTGRES[0], database=POSTGRES[1], user="postgres", min_size=1, max_size=8)
    keys = Keys()

    async def everything():
        return [dict(row) for row in await pool.fetch(f"SELECT {COLUMNS} FROM users")]

    async def by_key():
        for _ in range(BY_KEY):
            dict(await pool.fetchrow(f"SELECT {COLUMNS} FROM users WHERE id = $1", keys.next()))

    assert len(await everything()) == COUNT
    await measure_async("postgres, all rows: asyncpg", COUNT, everything)
    await measure_async("postgres, by key: asyncpg", BY_KEY, by_key)
    await pool.close()


sqlalchemy_peers("sqlite", f"sqlite:///{SQLITE}")
if POSTGRES:
    sqlalchemy_peers("postgres", f"postgresql+psycopg://postgres@/{POSTGRES[1]}?host={POSTGRES[0]}")
    psycopg_peers()
    asyncio.run(asyncpg_peers())
django()
