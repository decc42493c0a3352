// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations.h"

#include "demosource.h"
#include "mainwindow.h"
#include "migrations/backend.h"
#include "migrations/ddl.h"
#include "migrations/files.h"
#include "session/migrationdesk.h"
#include "views/migrationsview.h"
#include "widgets/diffview.h"

#include <QAbstractItemView>
#include <QCryptographicHash>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace paddock;
using migrations::Location;

namespace {

const auto LongPlugin = u"internationalisedProductCatalogueWithRecommendations"_s;
const auto LongName = u"004_replace_the_recommendations_of_every_manufacturer_by_those_of_its_parent_company.ts"_s;

void write(const QString &path, const QString &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write(text.toUtf8());
}

QString migration(const QString &up, const QString &down)
{
    return u"import { sql, type Kysely } from \"kysely\";\n\n"
           "// Somebody explained here at length why this is needed,\n// and what would become of it otherwise.\n\n"
           "const table = \"products\";\nconst columns = [\"note\", \"stock\"];\nvoid columns;\n\n"
           "export async function up(db: Kysely<any>): Promise<void> {\n  %1\n}\n\n"
           "export async function down(db: Kysely<any>): Promise<void> {\n  %2\n}\n"_s.arg(up, down);
}

void must(Result<> done)
{
    if (!done)
        qFatal("%s", qPrintable(done.error().message + done.error().detail));
}

/// Two applied ones, one of them edited since; pending ones that lose data; one that does nothing yet.
Location prepare(const QString &root)
{
    const QString folder = root + u"/src/plugins/catalog/migrations/"_s;
    const QString created = migration(u"await db.schema.createTable(table).addColumn(\"id\", \"text\").execute();"_s,
                                      u"await db.schema.dropTable(table).execute();"_s);
    const QString noted = migration(u"await db.schema.alterTable(table).addColumn(\"note\", \"text\").execute();"_s,
                                    u"await db.schema.alterTable(table).dropColumn(\"note\").execute();"_s);
    write(folder + u"001_create_products.ts"_s, created);
    write(folder + u"002_add_note.ts"_s, QString(noted).replace(u"\"text\").execute"_s, u"\"varchar(80)\").execute"_s));
    write(folder + u"003_drop_stock.ts"_s,
          migration(u"await db.schema.alterTable(\"products\").dropColumn(\"stock\").execute();"_s, u"void db;"_s));
    write(root + u"/src/plugins/"_s + LongPlugin + u"/migrations/"_s + LongName,
          migration(u"await db.schema.dropTable(\"recommendations_of_every_manufacturer_and_its_parent\").execute();\n"
                    "  await sql`update products set note = upper(note)`.execute(db);"_s,
                    u"throw new Error(\"There is no way back.\");"_s));
    write(root + u"/src/plugins/orders/migrations/001_not_written_yet.ts"_s, migration(u"// to do"_s, u"// to do"_s));
    const Location location{.engine = migrations::Engine::Sqlite, .file = root + u"/data/shop.db"_s};
    write(location.file, {});
    const auto opened = migrations::openBackend(location, migrations::Access::Write);
    if (!opened)
        qFatal("%s", qPrintable(opened.error().message));
    migrations::Backend &backend = **opened;
    for (const QString &statement : migrations::tablesDdl(location.engine))
        must(backend.execute(statement));
    must(backend.execute(u"create table products (id text primary key, name text not null, price integer not null "
                         "default 0, stock integer, note text)"_s));
    must(backend.execute(u"create table recommendations_of_every_manufacturer_and_its_parent (id integer primary key, "
                         "the_identifier_of_the_recommended_product_in_its_catalogue text references products(id))"_s));
    for (int i = 0; i < 4711; ++i)
        must(backend.execute(u"insert into recommendations_of_every_manufacturer_and_its_parent values (?, ?)"_s,
                             {i, u"product-%1"_s.arg(i)}));
    for (const auto &[id, name, price] :
         {std::tuple("soap", "Bar of soap", 190), {"bread", "A loaf of bread that goes on and on and on and on", 340}})
        must(backend.execute(u"insert into products values (?, ?, ?, 100, null)"_s,
                             {QString::fromLatin1(id), QString::fromLatin1(name), price}));
    for (const auto &[name, text] : {std::pair(u"001_create_products.ts"_s, created), {u"002_add_note.ts"_s, noted}}) {
        must(backend.execute(
            u"insert into __donkeylabs_migrations__ (plugin_name, migration_name) values ('catalog', ?)"_s, {name}));
        must(backend.execute(
            u"insert into __paddock_migrations__ (run_id, plugin_name, migration_name, direction, origin, "
            u"content_hash, "
            "content, transactional, started_at, finished_at, duration_ms, outcome) values ('r', 'catalog', ?, 'up', "
            "'run', ?, ?, 1, '2026-11-26T10:00:00.000Z', '2026-11-26T10:00:00.012Z', 12.4, 'done')"_s,
            {name, QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex()),
             text}));
    }
    return location;
}

} // namespace

void shootMigrations(ui::MainWindow &window, const std::function<void(QWidget *, const QString &)> &shoot)
{
    QTemporaryDir folder;
    const QString root = folder.filePath(u"shop"_s);
    const Location location = prepare(root);
    auto owned = std::make_unique<tests::DemoSource>(root);
    tests::DemoSource *source = owned.get();
    auto made = std::make_unique<session::MigrationDesk>(root);
    session::MigrationDesk *desk = made.get();
    owned->setMigrations(std::move(made));
    window.openSource(std::move(owned));
    (void)desk->giveDatabase(location.file);
    desk->setTrusted(true);
    window.showTab(u"migrations"_s);
    const auto until = [](const auto &isSo) { (void)QTest::qWaitFor(isSo, 10'000); };
    until([&] { return desk->isKnown(); });
    auto *view = window.findChild<ui::MigrationsView *>();
    auto *list = window.findChild<QTreeView *>(u"migrationList"_s);
    list->expandAll();
    view->showMigration(LongPlugin, LongName);
    shoot(&window, u"migrations-long-names"_s);
    view->runPending();
    const auto dialog = [&] { return window.findChild<QDialog *>(u"planDialog"_s); };
    until([&] { return dialog() != nullptr; });
    if (QDialog *plan = dialog()) {
        shoot(plan, u"migrations-plan-losses"_s);
        plan->close();
        until([&] { return dialog() == nullptr; });
    }
    view->showMigration(u"catalog"_s, u"002_add_note.ts"_s);
    until([&] {
        const auto *difference = window.findChild<ui::DiffView *>(u"detailsDifference"_s);
        return difference && !difference->shown().isEmpty();
    });
    shoot(&window, u"migrations-edited"_s);
    view->showPage(ui::MigrationsView::Page::Schema);
    auto *schema = window.findChild<QAbstractItemView *>(u"schemaView"_s);
    until([&] { return schema->model()->rowCount() > 0; });
    shoot(&window, u"schema-long-names"_s);
    view->query(
        u"select p.*, r.* from products p join recommendations_of_every_manufacturer_and_its_parent r on r.id < "
        "40 where p.name <> 'a text that does not end before the box does' order by r.id"_s);
    auto *rows = window.findChild<QAbstractItemView *>(u"queryResult"_s);
    until([&] { return rows->model()->rowCount() > 0; });
    shoot(&window, u"query-wide"_s);
    view->showPage(ui::MigrationsView::Page::Backups);
    shoot(&window, u"backups-empty"_s);
    // A start that waits for a word.
    source->setProblems({{.severity = u"error"_s,
                          .code = u"needs-consent"_s,
                          .message = u"This loses data: catalog/003_drop_stock.ts:11: Drops the column products.stock "
                                     "with all its values. (2 rows)"_s,
                          .source = u"server"_s}});
    source->setServer(session::ServerState::Crashed);
    view->showPage(ui::MigrationsView::Page::List);
    shoot(&window, u"start-waits"_s);
    source->setServer(session::ServerState::Running);
    (void)desk->giveDatabase(u"postgres://anna:secret@127.0.0.1:1/a_database_whose_name_is_rather_long"_s);
    until([&] { return desk->wasRead() && desk->status().unreachable; });
    shoot(&window, u"migrations-unreachable"_s);
    (void)desk->giveDatabase({});
    window.closeWorkspace();
}
