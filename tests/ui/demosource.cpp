// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "demosource.h"

#include "types/snapshotstore.h"
#include "types/sources.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace paddock::tests {

namespace {

workspace::Workspace shop(const QString &root)
{
    workspace::Workspace w;
    w.root = root;
    w.name = u"shop"_s;
    w.entry = u"src/server/index.ts"_s;
    w.frameworkName = u"@donkeylabs/server"_s;
    w.frameworkVersion = u"2.5.1"_s;
    const auto plugin = [&](const QString &name, const QStringList &dependencies,
                            const QList<workspace::Method> &methods) {
        workspace::Plugin p;
        p.name = name;
        p.file = u"src/server/plugins/%1/index.ts"_s.arg(name);
        p.line = 12;
        p.dependencies = dependencies;
        p.methods = methods;
        w.plugins.append(p);
        return &w.plugins.last();
    };
    plugin(u"catalog"_s, {u"stock"_s},
           {{u"list"_s, u"list(query: { category?: string; page: number }): Promise<Product[]>"_s, 18},
            {u"getById"_s, u"getById(id: string): Promise<Product | null>"_s, 31},
            {u"search"_s, u"search(text: string, limit?: number): Promise<Product[]>"_s, 40}})
        ->events = {u"catalog.updated"_s};
    plugin(u"dev"_s, {}, {{u"hotReload"_s, u"hotReload(name: string): Promise<void>"_s, 9}});
    auto *mailer = plugin(u"mailer"_s, {}, {{u"send"_s, u"send(to: string, template: Template): Promise<void>"_s, 14}});
    mailer->configType = u"MailerConfig"_s;
    mailer->version = u"1.2.0"_s;
    auto *orders = plugin(u"orders"_s, {u"catalog"_s, u"users"_s, u"mailer"_s},
                          {{u"place"_s, u"place(userId: string, lines: OrderLine[]): Promise<Order>"_s, 22},
                           {u"cancel"_s, u"cancel(orderId: string, reason: string): Promise<Order>"_s, 58},
                           {u"byUser"_s, u"byUser(userId: string): Promise<Order[]>"_s, 80}});
    orders->events = {u"orders.placed"_s, u"orders.cancelled"_s};
    orders->middleware = {u"auth"_s};
    orders->handlers = {u"webhook"_s};
    orders->migrations = {u"001_create_orders.ts"_s, u"002_add_status.ts"_s};
    plugin(u"stock"_s, {},
           {{u"reserve"_s, u"reserve(sku: string, count: number): Promise<boolean>"_s, 16},
            {u"level"_s, u"level(sku: string): number"_s, 29}});
    auto *users = plugin(u"users"_s, {u"mailer"_s},
                         {{u"getByEmail"_s, u"async getByEmail(email: string): Promise<User | null>"_s, 20},
                          {u"create"_s, u"create(input: NewUser): Promise<User>"_s, 33}});
    users->schemaType = u"UsersSchema"_s;
    users->errors = {u"EmailTaken"_s};
    users->migrations = {u"001_create_users.ts"_s};
    const auto route = [&](const QString &name, const QString &handler, int line, const QStringList &middleware = {},
                           const QString &version = {}) {
        workspace::Route r;
        r.name = name;
        r.handler = handler;
        r.file = u"src/server/routes/%1.ts"_s.arg(name.section(u'.', 1, 1));
        r.line = line;
        r.hasInput = handler == "typed"_L1 || handler == "formData"_L1;
        r.hasOutput = handler == "typed"_L1;
        r.middleware = middleware;
        r.version = version;
        w.routes.append(r);
    };
    route(u"api.catalog.get"_s, u"typed"_s, 24);
    route(u"api.catalog.list"_s, u"typed"_s, 12);
    route(u"api.catalog.image"_s, u"raw"_s, 60);
    route(u"api.catalog.export"_s, u"stream"_s, 71);
    route(u"api.orders.place"_s, u"typed"_s, 15, {u"auth"_s});
    route(u"api.orders.cancel"_s, u"typed"_s, 33, {u"auth"_s}, u"2"_s);
    route(u"api.orders.watch"_s, u"sse"_s, 52, {u"auth"_s});
    route(u"api.users.create"_s, u"typed"_s, 18);
    route(u"api.users.avatar"_s, u"formData"_s, 41, {u"auth"_s});
    route(u"api.users.profile"_s, u"html"_s, 66);
    w.migrations = {{u"orders"_s,
                     u"001_create_orders.ts"_s,
                     u"src/server/plugins/orders/migrations/001_create_orders.ts"_s,
                     u"applied"_s,
                     {}},
                    {u"orders"_s,
                     u"002_add_status.ts"_s,
                     u"src/server/plugins/orders/migrations/002_add_status.ts"_s,
                     u"pending"_s,
                     {}},
                    {u"users"_s,
                     u"001_create_users.ts"_s,
                     u"src/server/plugins/users/migrations/001_create_users.ts"_s,
                     u"applied"_s,
                     {}}};
    return w;
}

QJsonObject inspectionOf(const workspace::Workspace &w)
{
    QJsonArray plugins;
    for (const workspace::Plugin &plugin : w.plugins) {
        QJsonObject ledger;
        if (plugin.name == "stock"_L1)
            ledger = {{u"undisposed"_s, QJsonArray{QJsonObject{{u"kind"_s, u"interval"_s},
                                                               {u"file"_s, plugin.file},
                                                               {u"line"_s, 44},
                                                               {u"note"_s, u"setInterval without clearInterval"_s}}}}};
        plugins.append(QJsonObject{{u"name"_s, plugin.name}, {u"initMs"_s, 3.4}, {u"ledger"_s, ledger}});
    }
    return {
        {u"plugins"_s, plugins},
        {u"core"_s, QJsonArray{u"cache"_s, u"cron"_s, u"events"_s, u"jobs"_s, u"logger"_s, u"rateLimiter"_s}},
        {u"cron"_s, QJsonArray{QJsonObject{
                        {u"name"_s, u"restock"_s}, {u"expression"_s, u"*/5 * * * *"_s}, {u"plugin"_s, u"stock"_s}}}}};
}

} // namespace

DemoSource::DemoSource(const QString &root, bool trusted)
    : m_workspace(shop(root)),
      m_clock(QDateTime::fromString(u"2026-03-12T10:14:07.000Z"_s, Qt::ISODateWithMs)),
      m_typesDesk(std::make_unique<session::TypesDesk>(root)),
      m_isTrusted(trusted)
{
    m_typesDesk->setTrusted(trusted);
}

template <class T>
QFuture<Result<T>> DemoSource::answer(T value)
{
    if (m_nextError)
        return QtFuture::makeReadyValueFuture(Result<T>(std::unexpected(*std::exchange(m_nextError, {}))));
    return QtFuture::makeReadyValueFuture(Result<T>(std::move(value)));
}

QFuture<Result<>> DemoSource::done()
{
    if (m_nextError)
        return QtFuture::makeReadyValueFuture(Result<>(std::unexpected(*std::exchange(m_nextError, {}))));
    return QtFuture::makeReadyValueFuture(Result<>());
}

void DemoSource::open()
{
    calls.append(u"open"_s);
    Q_EMIT opened();
    Q_EMIT workspaceChanged();
    if (!m_isTrusted)
        Q_EMIT trustNeeded();
    else
        setServer(session::ServerState::Running);
}

void DemoSource::close()
{
    calls.append(u"close"_s);
    setServer(session::ServerState::Stopped);
    Q_EMIT closed();
}

void DemoSource::setServer(session::ServerState state)
{
    const bool up = state == session::ServerState::Running || state == session::ServerState::Hung;
    m_server.state = state;
    m_server.agent = up ? session::AgentState::Connected : session::AgentState::Absent;
    m_server.pid = up ? 48213 : 0;
    m_server.port = up ? 3000 : 0;
    m_server.memory = up ? 86'400'000 : 0;
    m_server.runtime = u"bun 1.4.5"_s;
    m_server.framework = u"@donkeylabs/server 2.5.1"_s;
    m_server.message =
        state == session::ServerState::Crashed
            ? u"The process ended with status 1: Cannot find module './pricing' from src/server/plugins/orders/index.ts:3"_s
            : QString();
    m_inspection = up ? inspectionOf(m_workspace) : QJsonObject();
    if (up && m_generations.isEmpty()) {
        for (const workspace::Plugin &plugin : std::as_const(m_workspace.plugins))
            m_generations[plugin.name] = 1;
    }
    Q_EMIT inspectionChanged();
    Q_EMIT serverChanged(m_server);
}

void DemoSource::setInspection(const QJsonObject &inspection)
{
    m_inspection = inspection;
    Q_EMIT inspectionChanged();
}

void DemoSource::setPending(int count)
{
    m_pending = count;
    Q_EMIT pendingWorkChanged(count);
}

void DemoSource::trust()
{
    calls.append(u"trust"_s);
    m_isTrusted = true;
    m_typesDesk->setTrusted(true);
    setServer(session::ServerState::Running);
}

QFuture<Result<>> DemoSource::startServer()
{
    calls.append(u"startServer"_s);
    if (!m_nextError)
        setServer(session::ServerState::Running);
    return done();
}

QFuture<Result<>> DemoSource::stopServer(bool evenAttached)
{
    calls.append(evenAttached && m_server.attached ? u"stopServer attached"_s : u"stopServer"_s);
    setServer(session::ServerState::Stopped);
    return done();
}

QFuture<Result<>> DemoSource::restartServer(bool evenAttached, bool consent)
{
    calls.append(evenAttached && m_server.attached ? u"restartServer attached"_s : u"restartServer"_s);
    if (restartNeedsConsent && !consent)
        return QtFuture::makeReadyValueFuture<Result<>>(
            fail(u"needs-consent"_s, u"This loses data: catalog/004: products.note is dropped (5 rows)"_s));
    if (restartNeedsConsent)
        calls.append(u"restartServer consented"_s);
    setServer(session::ServerState::Running);
    return done();
}

QString DemoSource::attachCommand() const
{
    return u"PADDOCK_ATTACH=1 bun --preload /opt/paddock/agent.ts src/server/index.ts"_s;
}

void DemoSource::setHung(const session::Hang &hang)
{
    m_hang = hang;
    setServer(session::ServerState::Hung);
}

QFuture<Result<QList<session::PluginGeneration>>> DemoSource::generations(const QString &plugin)
{
    QList<session::PluginGeneration> list = m_past.value(plugin);
    if (list.isEmpty())
        list.append({.generation = 1, .code = 1, .at = m_clock});
    for (session::PluginGeneration &one : list)
        one.isCurrent = one.generation == m_generations.value(plugin);
    return answer(list);
}

QFuture<Result<session::ChangeRecord>> DemoSource::rollback(const QString &plugin, int generation)
{
    calls.append(u"rollback %1 %2"_s.arg(plugin).arg(generation));
    if (m_nextError)
        return answer(session::ChangeRecord());
    session::ChangeRecord r = record(change::Kind::PluginMethod, change::Subject::Type::Plugin, plugin);
    r.change.reason = u"Putting generation %1 of “%2” back into service was asked for."_s.arg(generation).arg(plugin);
    r.generation = ++m_generations[plugin];
    m_past[plugin].append({.generation = r.generation, .code = qMax(1, generation), .at = r.at});
    m_rolledBack.insert(plugin, qMax(1, generation));
    addChange(r);
    Q_EMIT rolledBackChanged();
    Q_EMIT inspectionChanged();
    return answer(r);
}

QFuture<Result<>> DemoSource::rollbackAndRestart(const QString &plugin, int generation, bool)
{
    calls.append(u"rollbackAndRestart %1 %2"_s.arg(plugin).arg(generation));
    m_hang.reset();
    setServer(session::ServerState::Running);
    return done();
}

QFuture<Result<session::ChangeRecord>> DemoSource::reloadPlugin(const QString &plugin, bool)
{
    calls.append(u"reloadPlugin "_s + plugin);
    if (m_nextError)
        return answer(session::ChangeRecord());
    session::ChangeRecord r = record(change::Kind::PluginMethod, change::Subject::Type::Plugin, plugin);
    r.change.reason = u"Reloaded on request"_s;
    if (m_past[plugin].isEmpty())
        m_past[plugin].append({.generation = m_generations[plugin], .code = m_generations[plugin], .at = m_clock});
    r.generation = ++m_generations[plugin];
    m_past[plugin].append(
        {.generation = r.generation, .code = r.generation, .at = r.at, .change = r.id, .reason = r.change.reason});
    addChange(r);
    Q_EMIT inspectionChanged();
    return answer(r);
}

QFuture<Result<session::ChangeRecord>> DemoSource::reloadRoutes(const QString &file)
{
    calls.append(u"reloadRoutes "_s + file);
    return answer(session::ChangeRecord());
}

QFuture<Result<>> DemoSource::generateTypes()
{
    calls.append(u"generateTypes"_s);
    return done();
}

QFuture<Result<QJsonObject>> DemoSource::call(const QString &route, const QJsonValue &input)
{
    calls.append(u"call "_s + route);
    return answer(QJsonObject{
        {u"status"_s, 200},
        {u"ms"_s, 3.2},
        {u"generation"_s, 4},
        {u"body"_s,
         QJsonObject{
             {u"route"_s, route},
             {u"input"_s, input},
             {u"total"_s, 2},
             {u"items"_s, QJsonArray{QJsonObject{{u"id"_s, u"mug"_s}, {u"price"_s, 12.5}, {u"inStock"_s, true}},
                                     QJsonObject{{u"id"_s, u"tote"_s}, {u"price"_s, 18}, {u"inStock"_s, false}}}}}}});
}

void DemoSource::pause()
{
    calls.append(u"pause"_s);
    m_isPaused = true;
    Q_EMIT pausedChanged(true);
}

void DemoSource::resume()
{
    calls.append(u"resume"_s);
    m_isPaused = false;
    Q_EMIT pausedChanged(false);
}

void DemoSource::cancelJob(qint64 id)
{
    calls.append(u"cancelJob %1"_s.arg(id));
}

void DemoSource::setManual(bool manual)
{
    calls.append(manual ? u"manual"_s : u"automatic"_s);
    m_isManual = manual;
    Q_EMIT manualChanged(manual);
}

void DemoSource::applyWaiting()
{
    calls.append(u"applyWaiting"_s);
    setWaiting({});
}

void DemoSource::setFocus(const QString &plugin)
{
    calls.append(u"focus %1"_s.arg(plugin));
    m_focus = plugin;
    Q_EMIT focusChanged(plugin);
}

void DemoSource::setRestartPolicy(session::RestartPolicy policy)
{
    calls.append(u"policy %1"_s.arg(toString(policy)));
    m_policy = policy;
    Q_EMIT restartPolicyChanged();
    if (policy == session::RestartPolicy::Yes && !m_restartWanted.isEmpty())
        setRestartWanted({});
}

void DemoSource::answerRestart(bool restart)
{
    calls.append(restart ? u"restart: yes"_s : u"restart: no"_s);
    setRestartWanted({});
}

QFuture<Result<>> DemoSource::runJob(const QString &name, const QMap<QString, QString> &inputs)
{
    QStringList given;
    for (auto it = inputs.begin(); it != inputs.end(); ++it)
        given.append(it.key() + u'=' + it.value());
    calls.append((QStringList{u"runJob"_s, name} + given).join(u' '));
    return done();
}

QFuture<Result<>> DemoSource::runJobAgain(qint64 id)
{
    calls.append(u"runJobAgain %1"_s.arg(id));
    return done();
}

session::ChangeRecord DemoSource::record(change::Kind kind, change::Subject::Type type, const QString &name)
{
    session::ChangeRecord r;
    r.id = m_changes.size() + 1;
    m_clock = m_clock.addMSecs(7'300);
    r.at = m_clock;
    r.change.kind = kind;
    r.change.subject = {type, name};
    r.change.actions = {change::Action::Swap};
    r.stages = {{session::Stage::Swap, session::StageState::Done, 4.2, {}}};
    r.outcome = session::Outcome::Swapped;
    r.ms = 7.9;
    r.generation = 2;
    switch (kind) {
    case change::Kind::RouteHandler: r.change.row = change::Row::RouteHandlers; break;
    case change::Kind::RouteSchema:
    case change::Kind::RouteStructure: r.change.row = change::Row::RouteSchemas; break;
    case change::Kind::PluginMethod:
    case change::Kind::PluginSignature: r.change.row = change::Row::PluginMethods; break;
    case change::Kind::PluginStructure: r.change.row = change::Row::PluginStructure; break;
    case change::Kind::Migration:
    case change::Kind::MigrationDrift: r.change.row = change::Row::Database; break;
    default: r.change.row = change::Row::PluginMethods;
    }
    return r;
}

void DemoSource::addChange(session::ChangeRecord r)
{
    if (r.id == 0)
        r.id = m_changes.size() + 1;
    m_changes.append(r);
    Q_EMIT changeAdded(r);
    if (r.outcome)
        Q_EMIT changeFinished(r);
}

void DemoSource::setProblems(const QList<session::Problem> &problems)
{
    m_problems = problems;
    Q_EMIT problemsChanged();
}

void DemoSource::addJob(const session::JobRecord &job)
{
    const auto known = std::ranges::find(m_jobs, job.id, &session::JobRecord::id);
    if (known == m_jobs.end())
        m_jobs.append(job);
    else
        *known = job;
    Q_EMIT jobChanged(job);
}

void DemoSource::addJournal(session::JournalEntry entry)
{
    m_clock = m_clock.addMSecs(137);
    entry.at = m_clock;
    m_journal.append(entry);
    Q_EMIT journalAdded(entry);
}

void DemoSource::setWorkspace(const workspace::Workspace &workspace)
{
    m_workspace = workspace;
    Q_EMIT workspaceChanged();
}

void DemoSource::addLogs(int count)
{
    static const std::tuple<logs::Level, QString, QString> lines[] = {
        {logs::Level::Info, u""_s, u"Server listening on http://localhost:3000"_s},
        {logs::Level::Debug, u"catalog"_s, u"cache miss for category=mugs, read 24 rows in 1.8 ms"_s},
        {logs::Level::Info, u"orders"_s, u"order o_81f3 placed by u_204: 3 lines, 61.50 EUR"_s},
        {logs::Level::Info, u"mailer"_s, u"sent \"order-confirmation\" to ada@example.org"_s},
        {logs::Level::Warn, u"stock"_s, u"level of sku tote-blue is below 5"_s},
        {logs::Level::Info, u"users"_s, u"signed in u_204 from 127.0.0.1"_s},
        {logs::Level::Error, u"orders"_s, u"payment refused: card_expired (src/server/plugins/orders/payment.ts:48)"_s},
        {logs::Level::Debug, u""_s, u"GET /_health 200 0.2 ms"_s},
    };
    QList<logs::LogLine> batch;
    for (int i = 0; i < count; ++i) {
        const auto &[level, plugin, text] = lines[m_lines % 8];
        logs::LogLine line;
        line.id = ++m_lines;
        line.at = m_clock.addMSecs(m_lines * 37);
        line.level = level;
        line.source = u"stdout"_s;
        line.plugin = plugin;
        line.text = text;
        batch.append(line);
    }
    Q_EMIT logsAdded(batch);
}

void DemoSource::addLine(logs::LogLine line)
{
    line.id = ++m_lines;
    line.at = m_clock.addMSecs(m_lines * 37);
    Q_EMIT logsAdded({line});
}

void DemoSource::setWaiting(const QStringList &files)
{
    m_waiting = files;
    Q_EMIT waitingFilesChanged(int(files.size()));
}

void DemoSource::setRestartWanted(const QString &reason)
{
    m_restartWanted = reason;
    Q_EMIT restartWantedChanged(reason);
}

void DemoSource::playTypes()
{
    const auto client = [](bool later) -> QByteArray { // (not a builder that refers to what is gone)
        QByteArray text = "// Generated client\nexport class ApiClient {\n";
        for (int i = 0; i < 120; ++i)
            text += "  method" + QByteArray::number(i) + " = (input: { id: string" +
                    (later && (i == 40 || i == 90) ? "; page?: number" : "") + " }) => this.request(\"api.m" +
                    QByteArray::number(i) + "\", input);\n";
        return text + "}\n";
    };
    const auto take = [this](types::Snapshot snapshot, const QByteArray &text, qint64 change) {
        const QString path = u".@donkeylabs/server/client.ts"_s;
        QDir(m_workspace.root).mkpath(u".@donkeylabs/server"_s);
        QFile file(m_workspace.root + u'/' + path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("the client cannot be written");
        file.close();
        snapshot.generated = types::hashesOf(m_workspace.root, {path});
        snapshot.compiler = u"typescript 7.0.2"_s;
        const auto entry =
            types::SnapshotStore(m_workspace.root).add(snapshot, change ? u"swapped"_s : u"start"_s, change);
        if (!entry)
            qFatal("the snapshot cannot be kept");
        m_typesDesk->setLatest(snapshot, entry->id);
        return entry->id;
    };
    const QString quoteFile = u"src/server/plugins/orders/index.ts"_s;
    types::Snapshot snapshot;
    const auto set = [&](const QString &id, const QString &type, int line) {
        snapshot.symbols.insert(id, {.type = type, .file = quoteFile, .line = line});
    };
    set(u"plugin orders.place"_s, u"(userId: string, lines: OrderLine[]) => Promise<Order>"_s, 22);
    set(u"plugin orders.byUser"_s, u"(userId: string) => Promise<Order[]>"_s, 80);
    set(u"plugin stock.level"_s, u"(sku: string) => number"_s, 29);
    set(u"route api.orders.place input"_s, u"{ lines: OrderLine[]; note?: string; }"_s, 15);
    set(u"event orders.placed"_s, u"{ orderId: string; total: number; }"_s, 9);
    snapshot.definitions = {{u"Order"_s, {{}, u"{ id: string; total: number; saved: number; }"_s}},
                            {u"OrderLine"_s, {{}, u"{ sku: string; count: number; }"_s}}};
    const QString first = take(snapshot, client(false), 0);
    snapshot.definitions[u"Order"_s].type = u"{ id: string; total: number; }"_s;
    set(u"plugin orders.cancel"_s, u"(orderId: string, reason: string) => Promise<Order>"_s, 58);
    set(u"plugin stock.level"_s, u"(sku: string) => any"_s, 29);
    set(u"route api.orders.place input"_s, u"{ lines: OrderLine[]; note: string; }"_s, 15);
    session::ChangeRecord r = record(change::Kind::PluginSignature, change::Subject::Type::Plugin, u"orders"_s);
    r.change.reason = u"The type that place() gives lost “saved”"_s;
    r.change.files = {quoteFile};
    const QString second = take(snapshot, client(true), r.id);
    for (const types::Finding &finding : types::finishDiff(
             types::planDiff(*types::SnapshotStore(m_workspace.root).read(first), snapshot), snapshot, {})) {
        r.types.append({QString(toString(finding.severity)), finding.symbol, finding.rule, finding.message});
        m_found.append(finding);
    }
    addChange(r);
    m_typesDesk->setChange(r.id, m_found, first, second);
}

void DemoSource::playChanges()
{
    using change::Kind;
    using Type = change::Subject::Type;
    const auto with = [](session::ChangeRecord r, const QString &reason, const QStringList &files, double ms) {
        r.change.reason = reason;
        r.change.files = files;
        r.ms = ms;
        return r;
    };
    for (const double ms : {8.1, 7.2, 12.4, 6.9, 7.7}) {
        addChange(with(record(Kind::RouteHandler, Type::Route, u"api.catalog.list"_s),
                       u"Only the body of the handler changed"_s, {u"src/server/routes/catalog.ts"_s}, ms));
        addChange(with(record(Kind::PluginMethod, Type::Plugin, u"catalog"_s), u"Only the body of search changed"_s,
                       {u"src/server/plugins/catalog/index.ts"_s}, ms * 1.3));
    }
    auto schema = with(record(Kind::RouteSchema, Type::Route, u"api.orders.place"_s),
                       u"The input schema gained “note”"_s, {u"src/server/routes/orders.ts"_s}, 642);
    schema.change.actions = {change::Action::Swap, change::Action::TypeGen};
    schema.stages = {{session::Stage::Swap, session::StageState::Done, 5.1, {}},
                     {session::Stage::TypeGen, session::StageState::Done, 634, {}}};
    addChange(schema);
    auto structure = with(record(Kind::PluginStructure, Type::Plugin, u"orders"_s),
                          u"The plugin now depends on “mailer”"_s, {u"src/server/plugins/orders/index.ts"_s}, 731);
    structure.change.actions = {change::Action::Swap, change::Action::TypeGen};
    structure.change.plugins = {u"orders"_s};
    structure.change.details = {{u"dependency-added"_s, u"mailer"_s}, {u"event-added"_s, u"orders.cancelled"_s}};
    structure.stages = {{session::Stage::Swap, session::StageState::Done, 6.3, {}},
                        {session::Stage::TypeGen, session::StageState::Done, 718, {}},
                        {session::Stage::Verify, session::StageState::Done, 2.1, {}}};
    structure.generation = 4;
    structure.proof = {3, 3, 0, 212};
    structure.ledger.disposed = {{u"cron"_s, 1}, {u"interval"_s, 1}, {u"listener"_s, 2}};
    structure.ledger.undisposed = {
        {u"interval"_s, u"src/server/plugins/orders/poll.ts"_s, 44, u"setInterval without clearInterval"_s}};
    structure.types = {{u"dangerous"_s, u"orders.cancel"_s, u"parameter-added"_s, u"a parameter “reason” was added"_s}};
    structure.message = u"orders serves generation 4; catalog and users were rebuilt with it"_s;
    addChange(structure);
    auto config = with(record(Kind::Config, Type::Config, u"package.json"_s), u"The dependencies changed"_s,
                       {u"package.json"_s}, 1840);
    config.change.row.reset();
    config.change.actions = {change::Action::Install, change::Action::Restart};
    config.change.keepHot = u"None: packages are read when the process starts"_s;
    config.stages = {{session::Stage::Install, session::StageState::Done, 1210, {}},
                     {session::Stage::Restart, session::StageState::Done, 604, {}}};
    config.outcome = session::Outcome::Restarted;
    addChange(config);
    auto broken = with(record(Kind::Broken, Type::Plugin, u"users"_s), u"The file does not parse"_s,
                       {u"src/server/plugins/users/index.ts"_s}, 3.1);
    broken.outcome = session::Outcome::Held;
    broken.change.actions = {change::Action::Hold};
    broken.stages = {};
    broken.message = u"Expected \"}\" but found end of file"_s;
    broken.errorFile = u"src/server/plugins/users/index.ts"_s;
    broken.errorLine = 57;
    addChange(broken);
    auto threw = with(record(Kind::PluginMethod, Type::Plugin, u"stock"_s), u"Private state of the service changed"_s,
                      {u"src/server/plugins/stock/levels.ts"_s}, 11.2);
    threw.outcome = session::Outcome::KeptOld;
    threw.stages = {{session::Stage::Swap, session::StageState::Failed, 9.8, u"the service threw"_s}};
    threw.message = u"TypeError: undefined is not an object (evaluating 'levels.get'); generation 3 serves on"_s;
    threw.errorFile = u"src/server/plugins/stock/levels.ts"_s;
    threw.errorLine = 23;
    addChange(threw);
    auto running = with(record(Kind::PluginSignature, Type::Plugin, u"catalog"_s),
                        u"search gained a parameter “limit”"_s, {u"src/server/plugins/catalog/index.ts"_s}, 0);
    running.change.actions = {change::Action::Swap, change::Action::TypeGen};
    running.outcome.reset();
    running.stages = {{session::Stage::Swap, session::StageState::Done, 4.8, {}},
                      {session::Stage::TypeGen, session::StageState::Running, 0, {}},
                      {session::Stage::Verify, session::StageState::Waiting, 0, {}}};
    addChange(running);
    m_generations = {{u"catalog"_s, 7}, {u"dev"_s, 1},   {u"mailer"_s, 1},
                     {u"orders"_s, 4},  {u"stock"_s, 3}, {u"users"_s, 2}};
    setProblems(
        {{u"error"_s, u"swap-rejected"_s, u"stock: the service threw while it was built; generation 3 serves on"_s,
          u"src/server/plugins/stock/levels.ts"_s, 23, u"Correct the line and save again"_s, u"swap"_s},
         {u"error"_s, u"does-not-parse"_s, u"Expected \"}\" but found end of file"_s,
          u"src/server/plugins/users/index.ts"_s, 57, u"Close the brace and save again"_s, u"discovery"_s},
         {u"warning"_s, u"undisposed"_s, u"orders left an interval behind"_s, u"src/server/plugins/orders/poll.ts"_s,
          44, u"Clear it in the plugin's dispose"_s, u"swap"_s},
         {u"info"_s,
          u"no-output-schema"_s,
          u"api.catalog.image has no output schema"_s,
          u"src/server/routes/catalog.ts"_s,
          60,
          {},
          u"discovery"_s}});
    session::JobRecord job;
    job.id = 1;
    job.name = u"gen:types"_s;
    job.command = u"bun run gen:types"_s;
    job.folder = m_workspace.root;
    job.state = session::JobState::Succeeded;
    job.startedAt = m_clock;
    job.ms = 718;
    job.output = {u"Generated 6 plugins, 10 routes"_s};
    addJob(job);
    job.id = 2;
    job.name = u"install"_s;
    job.command = u"bun install"_s;
    job.ms = 1210;
    addJob(job);
    job.id = 3;
    job.name = u"gen:types"_s;
    job.command = u"bun run gen:types"_s;
    job.state = session::JobState::Running;
    job.ms = 0;
    addJob(job);
    for (const session::ChangeRecord &change : std::as_const(m_changes)) {
        if (!change.outcome)
            continue;
        const bool failed = change.outcome == session::Outcome::KeptOld || change.outcome == session::Outcome::Held;
        for (const QString &file : change.change.files)
            addJournal({.file = file,
                        .fate = failed ? session::Fate::Held : session::Fate::Applied,
                        .change = change.id,
                        .reason = failed ? change.message : change.change.reason});
    }
    addJournal({.file = u"src/server/plugins/stock/levels.ts"_s,
                .fate = session::Fate::Merged,
                .reason = u"saved again before the earlier save was taken up"_s});
    addJournal({.file = u"src/server/plugins/users/index.ts"_s,
                .fate = session::Fate::Superseded,
                .reason = u"saved again before the earlier save came into service"_s});
    addJournal({.file = u"README.md"_s, .fate = session::Fate::Ignored, .reason = u"not a part of the program"_s});
    setPending(2);
    addLogs(64);
    Q_EMIT inspectionChanged();
}

QFuture<Result<>> DemoSource::applyHeld(bool consent)
{
    calls << (consent ? u"applyHeld with consent"_s : u"applyHeld"_s);
    auto result = done();
    if (result.isFinished() && result.result())
        setHeldFor({});
    return result;
}

void DemoSource::setHeldFor(const QStringList &migrations)
{
    m_heldFor = migrations;
    Q_EMIT heldForChanged();
}

} // namespace paddock::tests
