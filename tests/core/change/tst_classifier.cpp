// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/classifier.h"

#include "cases.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::change;
using workspace::ProjectState;

namespace {

QString sourceDir()
{
    return QStringLiteral(PADDOCK_SOURCE_DIR);
}

QString subjectOf(const Change &c)
{
    return toString(c.subject.type) + QString(u':') + c.subject.name;
}

QString actionsOf(const Change &c)
{
    QStringList names;
    for (const Action a : c.actions)
        names.append(toString(a));
    return names.isEmpty() ? u"-"_s : names.join(u',');
}

QStringList shown(const QList<Change> &changes)
{
    QStringList lines;
    for (const Change &c : changes) {
        QStringList details;
        for (const Detail &d : c.details)
            details.append(d.name.isEmpty() ? d.what : d.what + u':' + d.name);
        lines.append(
            u"%1 %2 %3 [%4] %5"_s.arg(toString(c.kind), subjectOf(c), actionsOf(c), details.join(u' '), c.reason));
    }
    return lines;
}

QStringList kindsOf(const QList<Change> &changes)
{
    QStringList lines;
    for (const Change &c : changes)
        lines.append(toString(c.kind) + u' ' + subjectOf(c));
    lines.sort();
    return lines;
}

Facts factsOf(const cases::Case &c, const ProjectState &after)
{
    Facts facts{.appliedMigrations = QSet<QString>(c.applied.begin(), c.applied.end()),
                .generatedHashes = {},
                .generatedFiles = {},
                .migrationsKnown = c.appliedKnown};
    for (const QString &path : c.written)
        facts.generatedHashes.insert(after.contentHash(path));
    return facts;
}

} // namespace

class TestClassifier : public QObject
{
    Q_OBJECT

private:
    struct States
    {
        std::unique_ptr<QTemporaryDir> dir;
        ProjectState before, after;
        QStringList touched;
    };

    QList<cases::Case> m_cases;

    /// Makes the edits of a case in a copy of its workspace; the state between is updated, not read again.
    States play(const cases::Case &c, QString *error) const
    {
        States s{std::make_unique<QTemporaryDir>(), {}, {}, {}};
        const QString root = s.dir->path();
        cases::copyFolder(sourceDir() + u"/tests/fixtures/workspaces/"_s + c.base, root);
        for (const cases::Edit &edit : c.setup)
            cases::apply(edit, root, error);
        const auto read = workspace::readProject(root, {.threads = 1});
        if (!read) {
            *error = read.error().message;
            return s;
        }
        s.before = *read;
        for (const cases::Edit &edit : c.edits)
            s.touched += cases::apply(edit, root, error);
        s.after = workspace::updateProject(s.before, s.touched);
        return s;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QString error;
        m_cases = cases::load(sourceDir() + u"/tests/fixtures/changes"_s, &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
    }

    void corpusIsLarge() { QVERIFY2(m_cases.size() >= 200, qPrintable(QString::number(m_cases.size()))); }

    void corpusCoversEveryKind()
    {
        QSet<QString> kinds;
        for (const cases::Case &c : std::as_const(m_cases)) {
            for (const auto &e : c.expected)
                kinds.insert(e.kind);
        }
        QCOMPARE(kinds.size(), 13);
    }

    void edit_data()
    {
        QTest::addColumn<int>("index");
        for (qsizetype i = 0; i < m_cases.size(); ++i)
            QTest::newRow(qPrintable(m_cases[i].title)) << static_cast<int>(i);
    }
    void edit()
    {
        QFETCH(int, index);
        const cases::Case &c = m_cases[index];
        QString error;
        const States s = play(c, &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const QList<Change> changes = classify(s.before, s.after, factsOf(c, s.after));
        const QByteArray all = shown(changes).join(u'\n').toUtf8();
        QVERIFY2(changes.size() == c.expected.size(), all.constData());
        for (const cases::Expectation &e : c.expected) {
            const auto found = std::ranges::find_if(changes, [&](const Change &change) {
                return toString(change.kind) == e.kind && subjectOf(change) == e.subject &&
                       actionsOf(change) == e.actions;
            });
            QVERIFY2(found != changes.end(), all.constData());
            QStringList details;
            for (const Detail &d : found->details)
                details << d.what << d.what + u':' + d.name;
            for (const QString &detail : e.details)
                QVERIFY2(details.contains(detail), all.constData());
            QVERIFY2(!found->reason.isEmpty() && (found->reason.endsWith(u'.')), all.constData());
            QVERIFY2(found->has(Action::Restart) || found->keepHot.isEmpty(), all.constData());
            QVERIFY2(!e.keepHot || !found->keepHot.isEmpty(), all.constData());
            if (found->has(Action::Swap) && found->kind != Kind::Migration)
                QVERIFY2(!found->plugins.isEmpty() || !found->routeFiles.isEmpty() || !found->routers.isEmpty(),
                         all.constData());
        }

        // Reading both states from scratch says the same as following the saves.
        const auto again = workspace::readProject(s.dir->path(), {.threads = 1});
        if (again)
            QCOMPARE(shown(classify(s.before, *again, factsOf(c, s.after))), shown(changes));
        // No subject twice; nothing between a state and itself.
        QStringList subjects = kindsOf(changes);
        for (QString &line : subjects)
            line = line.section(u' ', 1);
        QCOMPARE(QSet<QString>(subjects.begin(), subjects.end()).size(), subjects.size());
        QVERIFY(classify(s.after, s.after, factsOf(c, s.after)).isEmpty());
    }

    /// What the entry registers is compared with what it registered, whatever other saves of it came before.
    void registrationAfterAnotherSave()
    {
        QTemporaryDir dir;
        cases::copyFolder(sourceDir() + u"/tests/fixtures/workspaces/library"_s, dir.path());
        const auto first = workspace::readProject(dir.path(), {.threads = 1});
        QVERIFY(first.has_value());
        ProjectState before = *first;
        QString error;
        for (const auto &[from, to] :
             {std::pair(u"port: 3000"_s, u"port: 3001"_s), std::pair(u"// Opens the library."_s, u"// Opens it."_s)}) {
            const QStringList saved =
                cases::apply({.path = u"src/index.ts"_s, .before = from, .after = to}, dir.path(), &error);
            const ProjectState next = workspace::updateProject(before, saved);
            (void)classify(before, next); // from here on there is a model to go on from
            before = next;
        }
        const QStringList saved = cases::apply({.path = u"src/index.ts"_s,
                                                .before = u"server.registerPlugin(searchPlugin);"_s,
                                                .after = u"// no search"_s},
                                               dir.path(), &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const QList<Change> changes = classify(before, workspace::updateProject(before, saved));
        QCOMPARE(kindsOf(changes), QStringList{u"plugin-structure plugin:search"_s});
        QCOMPARE(actionsOf(changes.first()), u"swap,typegen"_s);
    }

    /// (a → b) and (b → a) are of one kind, except where a migration or a broken file makes the difference.
    void wayBack_data() { edit_data(); }
    void wayBack()
    {
        QFETCH(int, index);
        const cases::Case &c = m_cases[index];
        const bool oneWay = !c.swapsBack || std::ranges::any_of(c.expected, [](const auto &e) {
            return e.kind == "migration"_L1 || e.kind == "migration-drift"_L1 || e.kind == "broken"_L1 ||
                   e.subject.startsWith("migration:"_L1);
        });
        if (oneWay)
            return;
        QString error;
        const States s = play(c, &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const auto kinds = [](const QList<Change> &changes) {
            QStringList result;
            for (const Change &change : changes)
                result.append(toString(change.kind));
            result.sort();
            return result;
        };
        const QList<Change> there = classify(s.before, s.after), back = classify(s.after, s.before);
        QVERIFY2(kinds(there) == kinds(back), (shown(there) + QStringList{u"--"_s} + shown(back)).join(u'\n').toUtf8());
    }
};

QTEST_GUILESS_MAIN(TestClassifier)
#include "tst_classifier.moc"
