// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The pairs of tests/fixtures/types, judged with a real compiler and without one.
#include "types/apidiff.h"
#include "types/compilerchild.h"
#include "types/differ.h"
#include "types/rules.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace paddock::types;

namespace {

struct Case
{
    QString name;
    QString place; ///< file:line
    QString symbol = u"plugin p.m"_s;
    Snapshot before;
    Snapshot after;
    QStringList expected;
    QStringList byText;
    bool hasText = false;
};

QString fixtures()
{
    return QStringLiteral(PADDOCK_SOURCE_DIR) + u"/tests/fixtures/types"_s;
}

void define(Snapshot &snapshot, const QString &line)
{
    static const QRegularExpression form(uR"(^type (\w+)(?:<([\w, ]+)>)? = (.+)$)"_s);
    const auto match = form.match(line);
    snapshot.definitions.insert(match.captured(1),
                                {match.captured(2).split(u", "_s, Qt::SkipEmptyParts), match.captured(3)});
}

QStringList findingsOf(const QString &text)
{
    QStringList list;
    for (const QString &one : text.split(u" | "_s))
        if (!one.isEmpty() && one != "nothing"_L1)
            list << one.simplified();
    list.sort();
    return list;
}

QList<Case> load()
{
    QList<Case> cases;
    for (const QString &name : QDir(fixtures()).entryList({u"*.txt"_s}, QDir::Files, QDir::Name)) {
        QFile file(fixtures() + u'/' + name);
        if (!file.open(QIODevice::ReadOnly))
            return {};
        int number = 0;
        for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
            ++number;
            if (line.startsWith("### "_L1)) {
                cases.append(
                    {.name = name.chopped(4) + u": "_s + line.sliced(4), .place = u"%1:%2"_s.arg(name).arg(number)});
                continue;
            }
            if (cases.isEmpty())
                continue;
            Case &last = cases.last();
            if (line.startsWith("@ "_L1)) {
                last.symbol = line.sliced(2).trimmed();
            } else if (line.startsWith("-type "_L1)) {
                define(last.before, line.sliced(1));
            } else if (line.startsWith("+type "_L1)) {
                define(last.after, line.sliced(1));
            } else if (line.startsWith("type "_L1)) {
                define(last.before, line);
                define(last.after, line);
            } else if (line.startsWith("- "_L1)) {
                last.before.symbols.insert(last.symbol, {.type = line.sliced(2).trimmed()});
            } else if (line.startsWith("+ "_L1)) {
                last.after.symbols.insert(last.symbol, {.type = line.sliced(2).trimmed()});
            } else if (line.startsWith("=> "_L1)) {
                last.expected = findingsOf(line.sliced(3));
            } else if (line.startsWith("~> "_L1)) {
                last.byText = findingsOf(line.sliced(3));
                last.hasText = true;
            }
        }
    }
    return cases;
}

QStringList shown(const QList<Finding> &findings)
{
    QStringList list;
    for (const Finding &finding : findings)
        list << u"%1 %2 %3"_s.arg(toString(finding.severity), finding.rule, finding.path).simplified();
    list.sort();
    return list;
}

/// What the way back of a difference is, by rule.
QHash<QString, QStringList> oppositeRules()
{
    static constexpr std::pair<const char *, const char *> pairs[] = {
        {"symbol-removed", "symbol-added"},
        {"handler-changed", "handler-changed"},
        {"parameter-required-added", "parameter-removed"},
        {"parameter-optional-added", "parameter-removed"},
        {"parameter-now-required", "parameter-now-optional"},
        {"parameter-type-widened", "parameter-type-narrowed"},
        {"parameter-type-changed", "parameter-type-changed"},
        {"rest-parameter-added", "rest-parameter-removed"},
        {"return-type-widened", "return-type-narrowed"},
        {"return-type-changed", "return-type-changed"},
        {"became-async", "no-longer-async"},
        {"overload-added", "overload-removed"},
        {"overload-reordered", "overload-reordered"},
        {"type-parameter-added", "type-parameter-removed"},
        {"type-parameter-with-default-added", "type-parameter-removed"},
        {"type-parameter-constraint-widened", "type-parameter-constraint-narrowed"},
        {"type-parameter-constraint-changed", "type-parameter-constraint-changed"},
        {"callback-parameter-added", "callback-parameter-removed"},
        {"callback-parameter-now-optional", "callback-parameter-now-required"},
        {"property-removed", "property-added"},
        {"property-now-optional", "property-now-required"},
        {"property-type-widened", "property-type-narrowed"},
        {"property-type-changed", "property-type-changed"},
        {"readonly-added", "readonly-removed"},
        {"became-nullable", "no-longer-nullable"},
        {"union-widened", "union-narrowed"},
        {"literal-widened", "literal-narrowed"},
        {"element-type-widened", "element-type-narrowed"},
        {"element-type-changed", "element-type-changed"},
        {"tuple-length-changed", "tuple-length-changed"},
        {"index-signature-removed", "index-signature-added"},
        {"type-widened", "type-narrowed"},
        {"type-changed", "type-changed"},
        {"became-any", "no-longer-any"},
        {"input-property-required-added", "input-property-removed"},
        {"input-property-optional-added", "input-property-removed"},
        {"input-property-now-required", "input-property-now-optional"},
        {"input-type-widened", "input-type-narrowed"},
        {"input-type-changed", "input-type-changed"},
        {"input-accepts-null", "input-rejects-null"},
        {"input-union-widened", "input-union-narrowed"},
        {"input-literal-widened", "input-literal-narrowed"},
        {"input-became-any", "input-no-longer-any"},
    };
    QHash<QString, QStringList> opposites;
    for (const auto &[one, other] : pairs) {
        opposites[QString::fromLatin1(one)] << QString::fromLatin1(other);
        if (qstrcmp(one, other) != 0)
            opposites[QString::fromLatin1(other)] << QString::fromLatin1(one);
    }
    return opposites;
}

QStringList normal(QStringList expected)
{
    expected.replaceInStrings(QRegularExpression(u" $"_s), QString());
    return expected;
}

} // namespace

class TstApiDiff final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_cases = load();
        QVERIFY(m_cases.size() >= 120);
        QVERIFY(m_folder.isValid());
        QFile tsconfig(m_folder.filePath(u"tsconfig.json"_s));
        QVERIFY(tsconfig.open(QIODevice::WriteOnly));
        tsconfig.write(R"({"compilerOptions":{"strict":true,"lib":["ESNext"],"types":[],"target":"ESNext",)"
                       R"("module":"Preserve","noEmit":true},"include":["*.ts"]})");
        ChildOptions options{.root = m_folder.path(),
                             .bun = qEnvironmentVariable("PADDOCK_FALLBACK_BUN"),
                             .framework = u"@donkeylabs/server"_s};
        options.compilers = findCompilers(m_folder.path(), false);
        options.registryFolder = m_folder.filePath(u"registry"_s);
        QVERIFY2(!options.compilers.isEmpty(), "the pinned TypeScript was not found");
        m_child = std::make_unique<CompilerChild>(options);
    }

    void cleanupTestCase() { m_child.reset(); }

    void byCompiler_data() { rows(); }
    void byCompiler()
    {
        QFETCH(int, index);
        const Case &one = m_cases[index];
        const auto future = diffSnapshots(m_child.get(), one.before, one.after);
        QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 60'000);
        QCOMPARE(shown(future.result()), normal(one.expected));
        for (const Finding &finding : future.result())
            QVERIFY2(finding.decidedBy != DecidedBy::Text, "the compiler was not asked");
        check(future.result());
    }

    void byText_data() { rows(); }
    void byText()
    {
        QFETCH(int, index);
        const Case &one = m_cases[index];
        const QList<Finding> findings = finishDiff(planDiff(one.before, one.after), one.after, {});
        QCOMPARE(shown(findings), normal(one.hasText ? one.byText : one.expected));
        for (const Finding &finding : findings)
            QVERIFY2(finding.decidedBy != DecidedBy::Compiler, "there was none");
        check(findings);
    }

    void everyRuleHasAPair()
    {
        QString all;
        for (const Case &one : std::as_const(m_cases))
            all += u' ' + one.expected.join(u' ') + u' ';
        for (const Rule &rule : rules()) {
            if (QLatin1StringView(rule.name) != "compiler-rejects"_L1) // see wholeIsAsked()
                QVERIFY2(all.contains(u" %1 "_s.arg(QLatin1StringView(rule.name))), rule.name);
        }
    }

    /// Each rule, in the table's order, by a pair that shows it, and whose way back shows its opposite.
    void everyRuleBothWays()
    {
        const QHash<QString, QStringList> opposites = oppositeRules();
        QSet<QString> shownBoth;
        QList<std::pair<QFuture<QList<Finding>>, QFuture<QList<Finding>>>> answers;
        for (const Case &one : std::as_const(m_cases))
            answers.append({diffSnapshots(m_child.get(), one.before, one.after),
                            diffSnapshots(m_child.get(), one.after, one.before)});
        const auto rulesOf = [](const QFuture<QList<Finding>> &answer) {
            QStringList names;
            for (const Finding &finding : answer.result())
                names << finding.rule;
            return names;
        };
        for (qsizetype i = 0; i < answers.size(); ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(answers[i].first.isFinished() && answers[i].second.isFinished(), 60'000);
            const QStringList there = rulesOf(answers[i].first);
            const QStringList back = rulesOf(answers[i].second);
            QVERIFY2(there.isEmpty() == back.isEmpty(), qPrintable(m_cases[i].name));
            for (const QString &rule : there)
                if (std::ranges::any_of(opposites.value(rule),
                                        [&](const QString &name) { return back.contains(name); }))
                    shownBoth.insert(rule);
        }
        for (const Rule &rule : rules()) {
            const QString name = QLatin1StringView(rule.name);
            if (name == "compiler-rejects"_L1) // both of its ways: wholeIsAsked()
                continue;
            QVERIFY2(!opposites.value(name).isEmpty(), rule.name);
            for (const QString &other : opposites.value(name)) {
                QVERIFY2(ruleNamed(other), qPrintable(other));
                QVERIFY2(opposites.value(other).contains(name), qPrintable(name + u' ' + other));
            }
            QVERIFY2(shownBoth.contains(name), rule.name);
        }
    }

    void wholeIsAsked()
    {
        Snapshot before, after;
        before.symbols.insert(u"plugin p.m"_s, {.type = u"() => { a: string }"_s});
        after.symbols.insert(u"plugin p.m"_s, {.type = u"() => { a: string; b: string }"_s});
        const DiffPlan plan = planDiff(before, after);
        QCOMPARE(plan.whole.size(), 1);
        QList<std::optional<Verdict>> accepted(plan.questions.size(), Verdict{false, true});
        QCOMPARE(shown(finishDiff(plan, after, accepted)), QStringList{u"safe property-added ().b"_s});
        QList<std::optional<Verdict>> rejected(plan.questions.size(), Verdict{false, false});
        const QList<Finding> findings = finishDiff(plan, after, rejected);
        QVERIFY(shown(findings).contains(u"breaking compiler-rejects"_s));
        for (const Finding &finding : findings)
            QCOMPARE(toString(finding.decidedBy),
                     finding.rule == "compiler-rejects"_L1 ? "compiler"_L1 : "structure"_L1);
    }

    void unknownIsNotRemoved()
    {
        Snapshot before, after;
        before.symbols.insert(u"plugin p.m"_s, {.type = u"() => void"_s});
        before.symbols.insert(u"route a.b input"_s, {.type = u"{}"_s});
        after.unknown.insert(u"plugin p"_s, u"does not parse"_s);
        after.unknown.insert(u"route a.b"_s, u"no server runs"_s);
        QVERIFY(planDiff(before, after).findings.isEmpty());
        QVERIFY(planDiff(after, before).findings.isEmpty());
    }

    /// What cannot be found by the compiler is not called equal.
    void exactRoutesOnBothSides()
    {
        Snapshot live, changed, generated;
        for (Snapshot *one : {&live, &changed, &generated})
            one->symbols.insert(u"route a.b input"_s, {.type = u"{ page: number; }"_s});
        live.isExact = changed.isExact = true;
        live.exact.insert(u"route a.b input"_s, u"{ page?: number; }"_s);
        const auto found = [](const Snapshot &before, const Snapshot &after) {
            return shown(finishDiff(planDiff(before, after), after, {}));
        };
        QCOMPARE(found(live, changed), QStringList{u"breaking input-property-now-required page"_s});
        QCOMPARE(found(changed, live), QStringList{u"safe input-property-now-optional page"_s});
        QCOMPARE(found(live, generated), QStringList());
        QCOMPARE(found(generated, live), QStringList());
    }

    void whatTheCompilerCannotFind()
    {
        Snapshot before, after;
        before.symbols.insert(u"plugin p.m"_s, {.type = u"import(\"./gone\").Thing<number>"_s});
        after.symbols.insert(u"plugin p.m"_s, {.type = u"import(\"./gone\").Thing<string>"_s});
        const auto future = diffSnapshots(m_child.get(), before, after);
        QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 60'000);
        QCOMPARE(shown(future.result()), QStringList{u"breaking type-changed"_s});
        QCOMPARE(toString(future.result().first().decidedBy), "text"_L1);
    }

    void fingerprintsAreStable()
    {
        const auto pair = [](const QString &was, const QString &is, int line) {
            Snapshot before, after;
            before.symbols.insert(u"plugin p.m"_s, {.type = was});
            after.symbols.insert(u"plugin p.m"_s, {.type = is, .file = u"a.ts"_s, .line = line});
            return finishDiff(planDiff(before, after), after, {}).first().fingerprint;
        };
        const QString one = pair(u"() => string"_s, u"() => string | null"_s, 1);
        QCOMPARE(pair(u"() => string"_s, u"() => string | null"_s, 20), one); // moved
        QVERIFY(pair(u"() => string"_s, u"() => string | undefined"_s, 1) != one);
    }

    void documentIsTheTable()
    {
        const QString path = QStringLiteral(PADDOCK_SOURCE_DIR) + u"/core/types/RULES.md"_s;
        QFile file(path);
        if (qEnvironmentVariableIsSet("PADDOCK_REFRESH")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(rulesDocument().toUtf8());
            return;
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(file.readAll()), rulesDocument());
    }

private:
    void rows() const
    {
        QTest::addColumn<int>("index");
        for (qsizetype i = 0; i < m_cases.size(); ++i)
            QTest::newRow(qPrintable(m_cases[i].name)) << int(i);
    }

    static void check(const QList<Finding> &findings)
    {
        for (const Finding &finding : findings) {
            const Rule *rule = ruleNamed(finding.rule);
            QVERIFY2(rule, qPrintable(finding.rule));
            QVERIFY(finding.severity == rule->severity);
            QVERIFY(!finding.message.isEmpty());
            QCOMPARE(finding.fingerprint.size(), 12);
            if (finding.severity == Severity::Safe)
                QVERIFY(finding.example.isEmpty());
        }
    }

    QTemporaryDir m_folder;
    QList<Case> m_cases;
    std::unique_ptr<CompilerChild> m_child;
};

QTEST_GUILESS_MAIN(TstApiDiff)
#include "tst_apidiff.moc"
