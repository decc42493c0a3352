// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/typesdesk.h"

#include "session/typewatch.h"
#include "types/approvals.h"
#include "types/differ.h"

#include <QTimer>
#include <QtConcurrentRun>

namespace paddock::session {

using namespace Qt::StringLiterals;
using types::Snapshot;

namespace {

constexpr int RememberedChanges = 500;
constexpr int CheckerStaysMs = 120'000;

struct Sides
{
    Snapshot before;
    Snapshot after;
    QList<types::ComparedFile> files;
};

/// A kept snapshot does not say where its symbols are: where they are now is close enough.
void locate(Snapshot &snapshot, const Snapshot &latest)
{
    for (auto it = snapshot.symbols.begin(); it != snapshot.symbols.end(); ++it) {
        const auto now = latest.symbols.constFind(it.key());
        if (now == latest.symbols.constEnd())
            continue;
        it->file = now->file;
        it->line = now->line;
    }
}

Result<Snapshot> sideNamed(const QString &root, const QString &name, const std::optional<Snapshot> &latest)
{
    if (name != "now"_L1)
        return types::namedSnapshot(root, name);
    if (!latest)
        return fail(u"no-snapshot"_s, u"The types have not been read yet."_s,
                    u"They are read when the workspace is trusted and its server is up."_s);
    return *latest;
}

Result<Sides> readSides(const QString &root, const QString &from, const QString &to,
                        const std::optional<Snapshot> &latest)
{
    auto before = sideNamed(root, from, latest);
    if (!before)
        return std::unexpected(before.error());
    auto after = sideNamed(root, to, latest);
    if (!after)
        return std::unexpected(after.error());
    if (latest)
        locate(*after, *latest);
    Sides sides{*std::move(before), *std::move(after), {}};
    sides.files = types::comparedFiles(root, sides.before, sides.after);
    return sides;
}

} // namespace

TypesDesk::TypesDesk(QString root, QObject *parent) : QObject(parent), m_root(std::move(root)), m_idle(new QTimer(this))
{
    m_idle->setSingleShot(true);
    m_idle->setInterval(CheckerStaysMs);
    connect(m_idle, &QTimer::timeout, this, [this] { m_checker.reset(); });
}

TypesDesk::~TypesDesk()
{
    m_search.reset(); // it asks the children
}

void TypesDesk::update(const std::function<void(TypesStatus &)> &change)
{
    TypesStatus next = m_status;
    change(next);
    if (next == m_status)
        return;
    m_status = next;
    Q_EMIT statusChanged();
}

void TypesDesk::setWatch(TypeWatch *watch, const types::ChildOptions &checker)
{
    m_watch = watch;
    m_checkerOptions = checker;
    connect(watch, &TypeWatch::busyChanged, this, [this](bool busy) {
        update([&](TypesStatus &status) {
            if (status.activity != TypesStatus::Activity::Checking)
                status.activity = busy ? TypesStatus::Activity::Reading : TypesStatus::Activity::Idle;
        });
    });
    connect(watch, &TypeWatch::taken, this, [this](const QString &id) { setLatest(m_watch->latest(), id); });
    connect(watch, &TypeWatch::problem, this, [this](const Error &error) { setProblem(error); });
    connect(watch, &TypeWatch::checked, this,
            [this](const types::TypeCheck &check) { update([&](TypesStatus &status) { status.check = check; }); });
    connect(watch, &TypeWatch::recovered, this, [this] { setProblem({}); });
}

void TypesDesk::setLatest(const Snapshot &snapshot, const QString &id)
{
    m_latest = snapshot;
    update([&](TypesStatus &status) {
        status.hasSnapshot = true;
        status.isGenerated = !snapshot.generated.isEmpty();
        status.compiler = snapshot.compiler;
        status.unknown = snapshot.unknown;
        if (status.first.isEmpty())
            status.first = id;
        if (id != status.latest)
            status.previous = std::exchange(status.latest, id);
    });
}

void TypesDesk::setSuspended(bool suspended)
{
    if (m_watch)
        m_watch->child().setSuspended(suspended);
    if (m_checker)
        m_checker->setSuspended(suspended);
}

void TypesDesk::setTrusted(bool trusted)
{
    update([&](TypesStatus &status) { status.isTrusted = trusted; });
}

void TypesDesk::setProblem(const std::optional<Error> &problem)
{
    update([&](TypesStatus &status) { status.problem = problem; });
}

void TypesDesk::setStale(const QStringList &subjects)
{
    update([&](TypesStatus &status) { status.stale = subjects; });
}

void TypesDesk::setChange(qint64 change, const QList<types::Finding> &findings, const QString &from, const QString &to)
{
    if (!m_changes.contains(change))
        m_order.append(change);
    m_changes.insert(change, {findings, from, to});
    while (m_order.size() > RememberedChanges)
        m_changes.remove(m_order.takeFirst());
    Q_EMIT compared(change);
}

QFuture<TypesChoices> TypesDesk::choices() const
{
    return QtConcurrent::run(
        [root = m_root] { return TypesChoices{types::SnapshotStore(root).entries(), types::baselines(root)}; });
}

QFuture<Result<TypesComparison>> TypesDesk::compare(const QString &from, const QString &to)
{
    const auto latest = m_status.hasSnapshot ? std::optional(m_latest) : std::nullopt;
    return QtConcurrent::run(&readSides, m_root, from, to, latest)
        .then(this,
              [this, from, to](const Result<Sides> &sides) -> QFuture<Result<TypesComparison>> {
                  if (!sides)
                      return QtFuture::makeReadyValueFuture(Result<TypesComparison>(std::unexpected(sides.error())));
                  types::CompilerChild *child = m_watch ? &m_watch->child() : nullptr;
                  return types::diffSnapshots(child, sides->before, sides->after)
                      .then(QtFuture::Launch::Async,
                            [root = m_root, from, to, sides = *sides](QList<types::Finding> findings) {
                                if (const auto approvals = types::readApprovals(root))
                                    types::markApproved(findings, *approvals);
                                return Result<TypesComparison>(TypesComparison{.from = from,
                                                                               .to = to,
                                                                               .compiler = sides.after.compiler,
                                                                               .unknown = sides.after.unknown,
                                                                               .findings = findings,
                                                                               .files = sides.files});
                            });
              })
        .unwrap();
}

QFuture<Result<TypesComparison>> TypesDesk::compareChange(qint64 change)
{
    const auto it = m_changes.constFind(change);
    if (it == m_changes.constEnd())
        return QtFuture::makeReadyValueFuture(Result<TypesComparison>(
            fail(u"no-comparison"_s, u"What this change did to callers is not known."_s,
                 u"It is read a moment after the change; changes of earlier sessions are not kept."_s)));
    return QtConcurrent::run([root = m_root, told = *it, change, compiler = m_status.compiler,
                              unknown = m_status.unknown]() -> Result<TypesComparison> {
        TypesComparison comparison{.from = told.from,
                                   .to = told.to,
                                   .change = change,
                                   .compiler = compiler,
                                   .unknown = unknown,
                                   .findings = told.findings,
                                   .files = {}};
        if (const auto approvals = types::readApprovals(root))
            types::markApproved(comparison.findings, *approvals);
        // Texts may be gone by now (the store is bounded); what was found remains.
        if (const auto sides = readSides(root, told.from, told.to, {}); sides && told.from != told.to)
            comparison.files = sides->files;
        return comparison;
    });
}

QFuture<Result<QList<types::Impact>>> TypesDesk::findImpact(const QList<types::Finding> &findings)
{
    m_search.reset();
    m_idle->stop();
    if (!m_checker && !m_checkerOptions.compilers.isEmpty())
        m_checker = std::make_unique<types::CompilerChild>(m_checkerOptions);
    m_search = std::make_unique<types::ImpactSearch>(
        types::ImpactOptions{.reader = m_watch ? &m_watch->child() : nullptr,
                             .checker = m_checker.get(),
                             .state = m_watch && m_watch->hasLatest() ? m_watch->state() : m_state});
    const quint64 search = ++m_searches;
    connect(m_search.get(), &types::ImpactSearch::found, this, &TypesDesk::impactFound);
    connect(m_search.get(), &types::ImpactSearch::progressed, this, [this](int done, int total) {
        update([&](TypesStatus &status) {
            status.activity = TypesStatus::Activity::Checking;
            status.done = done;
            status.total = total;
        });
    });
    return m_search->start(types::changedSymbols(findings))
        .then(this, [this, search](const Result<QList<types::Impact>> &result) {
            if (search == m_searches) {
                m_idle->start();
                const bool reading = m_watch && m_watch->isBusy();
                update([&](TypesStatus &status) {
                    status.activity = reading ? TypesStatus::Activity::Reading : TypesStatus::Activity::Idle;
                });
            }
            return result;
        });
}

void TypesDesk::cancelImpact()
{
    if (m_search)
        m_search->cancel();
    m_checker.reset(); // it may be in the middle of something that cannot be interrupted
}

QFuture<Result<>> TypesDesk::approve(const QList<types::Finding> &findings, bool approved)
{
    return QtConcurrent::run([root = m_root, findings, approved]() -> Result<> {
               auto approvals = types::readApprovals(root);
               if (!approvals)
                   return std::unexpected(approvals.error());
               for (const types::Finding &finding : findings) {
                   approvals->removeIf(
                       [&](const types::Approval &one) { return one.fingerprint == finding.fingerprint; });
                   if (approved)
                       approvals->append({finding.fingerprint, finding.symbol, finding.rule, finding.message});
               }
               return types::writeApprovals(root, *approvals);
           })
        .then(this, [this](const Result<> &result) {
            if (result)
                Q_EMIT approvalsChanged();
            return result;
        });
}

QFuture<Result<QString>> TypesDesk::saveBaseline(const QString &name)
{
    if (!m_status.hasSnapshot)
        return QtFuture::makeReadyValueFuture(
            Result<QString>(fail(u"no-snapshot"_s, u"The types have not been read yet."_s)));
    return QtConcurrent::run(
        [root = m_root, snapshot = m_latest, name] { return types::writeBaseline(root, name, snapshot); });
}

} // namespace paddock::session
