// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/query.h"

#include "migrations/backend.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QLibrary>
#include <QLocale>
#include <QMutex>
#include <QPointer>
#include <QScopeGuard>
#include <QTimer>
#include <QtConcurrent>
#include <atomic>

namespace paddock::migrations {

using namespace Qt::StringLiterals;

namespace {

/// The words of a text outside of quotes and comments, up to the end of its first statement.
struct Words
{
    QStringList words; ///< lower case
    bool hasAssignment = false;
    bool hasMore = false; ///< something follows the first statement
};

Words wordsOf(const QString &sql, Engine engine)
{
    Words result;
    bool isOver = false;
    QString word;
    const auto endWord = [&] {
        if (!word.isEmpty())
            result.words << std::exchange(word, {}).toLower();
    };
    const auto skipTo = [&](qsizetype at, const QString &end) {
        const qsizetype found = sql.indexOf(end, at);
        return found < 0 ? sql.size() : found + end.size();
    };
    qsizetype i = 0;
    while (i < sql.size()) {
        const QChar c = sql[i];
        const QStringView rest = QStringView(sql).sliced(i);
        const bool isDash = rest.startsWith("--"_L1) || (engine == Engine::Mysql && c == u'#');
        if (isDash) {
            endWord();
            i = skipTo(i, u"\n"_s);
            continue;
        }
        // MySQL runs what stands in /*! … */, so there it is no comment.
        if (rest.startsWith("/*"_L1) && !(engine == Engine::Mysql && rest.startsWith("/*!"_L1))) {
            endWord();
            if (engine != Engine::Postgres) {
                i = skipTo(i + 2, u"*/"_s);
                continue;
            }
            int depth = 0; // PostgreSQL's comments nest
            do {
                const QStringView here = QStringView(sql).sliced(i);
                depth += here.startsWith("/*"_L1) ? 1 : here.startsWith("*/"_L1) ? -1 : 0;
                i += here.startsWith("/*"_L1) || here.startsWith("*/"_L1) ? 2 : 1;
            } while (depth > 0 && i < sql.size());
            continue;
        }
        if (isOver && !c.isSpace() && c != u';')
            result.hasMore = true;
        if (c == u'\'' || c == u'"' || c == u'`') {
            endWord();
            const bool escapes =
                engine == Engine::Mysql || (engine == Engine::Postgres && i > 0 && sql[i - 1].toLower() == u'e');
            for (++i; i < sql.size() && sql[i] != c; ++i)
                if (escapes && c != u'`' && sql[i] == u'\\')
                    ++i;
            ++i; // (a doubled quote begins another text at once, which comes to the same)
            continue;
        }
        if (c == u'$' && engine == Engine::Postgres && (word.isEmpty())) {
            qsizetype end = i + 1;
            while (end < sql.size() && (sql[end].isLetterOrNumber() || sql[end] == u'_'))
                ++end;
            if (end < sql.size() && sql[end] == u'$' && (end == i + 1 || !sql[i + 1].isDigit())) {
                i = skipTo(end + 1, sql.sliced(i, end + 1 - i));
                continue;
            }
        }
        if (c.isLetterOrNumber() || c == u'_' || c == u'$')
            word += c;
        else
            endWord();
        if (c == u';')
            isOver = true;
        else if (c == u'=' && !isOver)
            result.hasAssignment = true;
        ++i;
    }
    endWord();
    return result;
}

/// `sqlite3_interrupt` of the library that Qt's driver has loaded; null: it cannot be reached.
using Interrupt = void (*)(void *);
Interrupt interruptOfSqlite()
{
    static const auto found = [] {
        for (const auto &[name, version] : {std::pair{u"sqlite3"_s, 0}, std::pair{u"sqlite3"_s, -1}})
            if (const auto function = QLibrary::resolve(name, version, "sqlite3_interrupt"))
                return reinterpret_cast<Interrupt>(function);
        return Interrupt(nullptr);
    }();
    return found;
}

} // namespace

Result<> readsOnly(const QString &sql, Engine engine)
{
    const Words found = wordsOf(sql, engine);
    if (found.words.isEmpty())
        return fail(u"empty-query"_s, u"There is no statement."_s, u"Write one that reads: select * from …"_s);
    if (found.hasMore)
        return fail(u"several-statements"_s, u"There is more than one statement."_s, u"Run them one by one."_s);
    const QStringList &words = found.words;
    static const QStringList reading{u"select"_s, u"with"_s,     u"values"_s,  u"table"_s, u"show"_s,
                                     u"desc"_s,   u"describe"_s, u"explain"_s, u"pragma"_s};
    const auto no = [](const QString &why) {
        return fail(u"not-read-only"_s, why, u"Write a migration for it: “paddockctl migrate new”."_s);
    };
    if (!reading.contains(words.first()))
        return no(u"Only statements that read are run here, not “%1”."_s.arg(words.first().toUpper()));
    if (words.first() == "pragma"_L1 && (engine != Engine::Sqlite || found.hasAssignment))
        return no(u"This PRAGMA would change the connection."_s);
    if (engine == Engine::Mysql && words.contains(u"into"_s) &&
        (words.contains(u"outfile"_s) || words.contains(u"dumpfile"_s)))
        return no(u"This would write a file."_s);
    return {};
}

QString cellText(const QVariant &value, qsizetype longest)
{
    if (value.isNull())
        return u"NULL"_s;
    if (value.typeId() == QMetaType::QByteArray) {
        const QByteArray bytes = value.toByteArray();
        const QString hex = QString::fromLatin1(bytes.first(std::min<qsizetype>(bytes.size(), 32)).toHex());
        return u"x'%1%2' (%3 bytes)"_s.arg(hex, bytes.size() > 32 ? u"…"_s : QString()).arg(bytes.size());
    }
    if (value.typeId() == QMetaType::Double)
        return QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest);
    QString text = value.toString();
    return text.size() > longest ? text.left(longest) + u'…' : text;
}

constexpr int CancelAgainMs = 100;

/// A query that is under way. The two threads meet here only.
struct QueryRunner::Flight
{
    std::atomic<bool> isCancelled = false;
    std::atomic<bool> isLate = false;
    std::atomic<bool> isOver = false;
    QMutex mutex;
    void *sqlite = nullptr; ///< sqlite3 *, while its connection lives
    qint64 backend = 0;     ///< id of the connection on the server

    void stop(const Location &location)
    {
        isCancelled = true;
        QMutexLocker lock(&mutex);
        if (sqlite && interruptOfSqlite())
            interruptOfSqlite()(sqlite);
        if (backend == 0)
            return;
        const QString sql = location.engine == Engine::Postgres ? u"select pg_cancel_backend(%1)"_s.arg(backend)
                                                                : u"kill query %1"_s.arg(backend);
        // On a connection of its own, which takes a moment.
        (void)QtConcurrent::run([location, sql] {
            if (const auto other = openBackend(location))
                (void)(*other)->execute(sql);
        });
    }
};

/// On a connection of its own. Nothing, and no error: it was cancelled before it began.
Result<> QueryRunner::readOnce(Flight &flight, const Location &location, const QString &sql, const QueryLimits &limits,
                               QueryResult &result)
{
    const auto opened = openBackend(location);
    if (!opened)
        return std::unexpected(opened.error());
    Backend &backend = **opened;
    if (auto ready = backend.beginReading(limits.timeMs, limits.rows); !ready)
        return ready;
    {
        QMutexLocker lock(&flight.mutex);
        if (location.engine == Engine::Sqlite)
            flight.sqlite = backend.sqliteHandle();
        else
            flight.backend = backend.connectionId();
    }
    const auto forget = qScopeGuard([&flight] {
        QMutexLocker lock(&flight.mutex);
        flight.sqlite = nullptr;
        flight.backend = 0;
    });
    if (flight.isCancelled)
        return {};
    return backend.read(sql, limits.rows, flight.isCancelled, result);
}

QueryRunner::QueryRunner(Location location, QObject *parent) : QObject(parent), m_location(std::move(location))
{
    m_thread.setMaxThreadCount(1);
}

QueryRunner::~QueryRunner()
{
    cancel();
    m_thread.waitForDone();
}

bool QueryRunner::isRunning() const
{
    return m_flight && !m_flight->isOver;
}

void QueryRunner::cancel()
{
    if (!isRunning())
        return;
    m_flight->stop(m_location);
    // A statement that has not begun hears nothing, so it is told again until it has ended.
    QTimer::singleShot(CancelAgainMs, this, [this, flight = m_flight] {
        if (m_flight == flight)
            cancel();
    });
}

QFuture<Result<QueryResult>> QueryRunner::run(const QString &sql, const QueryLimits &limits)
{
    const auto failed = [](const Error &error) {
        return QtFuture::makeReadyValueFuture(Result<QueryResult>(std::unexpected(error)));
    };
    if (auto reads = readsOnly(sql, m_location.engine); !reads)
        return failed(reads.error());
    if (isRunning())
        return failed({u"running"_s, u"A query is running already."_s, {}, {}, u"Cancel it, or wait for it."_s});
    const auto flight = m_flight = std::make_shared<Flight>();
    QTimer::singleShot(limits.timeMs, this, [flight, location = m_location] {
        if (flight->isOver)
            return;
        flight->isLate = true;
        flight->stop(location);
    });
    return QtConcurrent::run(&m_thread, [flight, location = m_location, sql, limits]() -> Result<QueryResult> {
        const auto over = qScopeGuard([flight] { flight->isOver = true; });
        QElapsedTimer timer;
        timer.start();
        const auto ended = [&](const Error &error) -> Result<QueryResult> {
            // The server counts as well, and may be the first to end it.
            if (flight->isLate || (!flight->isCancelled && timer.elapsed() >= limits.timeMs))
                return fail(u"query-timeout"_s, u"The query was ended after %1 s."_s.arg(limits.timeMs / 1000),
                            u"Narrow it down."_s);
            if (flight->isCancelled)
                return fail(u"query-cancelled"_s, u"The query was cancelled."_s);
            return std::unexpected(error);
        };
        constexpr int AgainMs = 2000; // where what was read had changed meanwhile
        for (;;) {
            QueryResult result;
            const auto read = readOnce(*flight, location, sql, limits, result);
            result.ms = double(timer.nsecsElapsed()) / 1e6;
            const bool isOver = flight->isCancelled || timer.elapsed() > AgainMs;
            if (!read && (isOver || read.error().code != "locked"_L1))
                return ended(read.error());
            if (flight->isCancelled)
                return ended({});
            if (read)
                return result;
        }
    });
}

QJsonObject toJson(const QueryResult &result)
{
    QJsonArray rows;
    for (const QVariantList &row : result.rows) {
        QJsonArray cells;
        for (const QVariant &value : row) {
            const bool isNumber = value.typeId() == QMetaType::LongLong || value.typeId() == QMetaType::Int ||
                                  value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Bool ||
                                  value.typeId() == QMetaType::UInt || value.typeId() == QMetaType::ULongLong;
            cells.append(value.isNull() ? QJsonValue() : isNumber ? value.toJsonValue() : QJsonValue(cellText(value)));
        }
        rows.append(cells);
    }
    return {{u"columns"_s, QJsonArray::fromStringList(result.columns)},
            {u"rows"_s, rows},
            {u"cut"_s, result.isCut},
            {u"ms"_s, result.ms}};
}

} // namespace paddock::migrations
