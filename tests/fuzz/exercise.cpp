// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exercise.h"

#include "change/classifier.h"
#include "change/configchange.h"
#include "support/walkbycursor.h"
#include "workspace/data.h"
#include "workspace/project.h"
#include "workspace/reading.h"

#include <memory>

using namespace Qt::StringLiterals;
using namespace paddock;
using namespace paddock::workspace;

namespace {

ProjectState state(const QByteArray &module, const QByteArray &route)
{
    auto data = std::make_shared<ProjectData>();
    data->root = u"/"_s;
    data->config.outDir = u"out"_s;
    syntax::Parser parser;
    const auto add = [&](const QString &path, const QByteArray &bytes) {
        data->files.set(readSource(path, bytes, parser, nullptr, true));
    };
    add(u"src/index.ts"_s, R"(import { AppServer } from "@donkeylabs/server";
import { aPlugin } from "./plugins/a"; import { bPlugin } from "./plugins/b"; import { api } from "./routes";
const server = new AppServer({}); server.registerPlugin(aPlugin); server.registerPlugin(bPlugin); server.use(api);)");
    add(u"src/plugins/a/index.ts"_s, module);
    add(u"src/plugins/b/index.ts"_s,
        R"(import { createPlugin } from "@donkeylabs/server"; import type { A } from "../a"; import { helper } from "../a";
export const bPlugin = createPlugin.define({ name: "b", dependencies: ["a"], service: () => ({ get(): A { return helper(); } }) });)");
    add(u"src/routes/index.tsx"_s, route);
    data->files.forEach([&](const SourceFile &file) {
        auto copy = std::make_shared<SourceFile>(file);
        copy->edges = resolveImports(data->files, data->config, file.path, file.facts.specifiers());
        const_cast<SourceFile &>(file).edges = copy->edges;
    });
    return ProjectState(data);
}

} // namespace

quint64 exercise(const QByteArray &bytes)
{
    static const ProjectState base = state("export const a = 1;", "export const api = 2;");
    const ProjectState now = state(bytes, bytes);
    const Workspace workspace = describe(now);
    quint64 result = static_cast<quint64>(workspace.plugins.size() * 31 + workspace.routes.size());
    for (const auto &[before, after] : {std::pair{&base, &now}, std::pair{&now, &base}}) {
        for (const change::Change &c : change::classify(*before, *after)) {
            if (c.reason.isEmpty())
                qFatal("a change without a reason");
            result = result * 31 + static_cast<quint64>(c.kind);
        }
    }
    if (!change::classify(now, now).isEmpty())
        qFatal("a state differs from itself");
    // One more word somewhere, as in a save.
    QByteArray edited = bytes;
    edited.insert(static_cast<qsizetype>(qHash(bytes) % static_cast<size_t>(bytes.size() + 1)), "x ");
    const ProjectState next = state(edited, bytes);
    for (const change::Change &c : change::classify(now, next))
        result = result * 31 + static_cast<quint64>(change::toJson(c).size() + static_cast<int>(c.kind));
    // Parsing with an older tree says the same as parsing afresh.
    syntax::Parser parser;
    const auto old = readSource(u"a.ts"_s, bytes, parser, nullptr, true);
    const auto quick = readSource(u"a.ts"_s, edited, parser, old.get(), true);
    const auto fresh = readSource(u"a.ts"_s, edited, parser);
    const auto same = [](const SourceFilePtr &a, const SourceFilePtr &b) {
        return a->facts->errorLine != 0 || b->facts->errorLine != 0 ||
               (a->facts->codeHash == b->facts->codeHash && a->facts.packed() == b->facts.packed());
    };
    if (!same(quick, fresh))
        qFatal("an incremental parse differs");
    if (!same(readSource(u"a.ts"_s, bytes, parser, quick.get(), true), old)) // and back, upon what was just read
        qFatal("an incremental parse of the text before differs");
    // As it is read in a scan, where many files have been before.
    static ReadRoom room;
    const auto inTurn = readSource(u"a.ts"_s, edited, parser, nullptr, false, &room);
    if (inTurn->facts.packed() != fresh->facts.packed() || inTurn->facts->codeHash != fresh->facts->codeHash)
        qFatal("reading in used memory differs");
    if (const auto tree = parser.parse(edited, syntax::Language::TypeScript);
        tree && !test::walksAgree(ts_tree_root_node(tree->handle()), 0, 64))
        qFatal("a walk differs from the cursor's");
    // What is kept of a file is all of it, the bodies that nobody asked for among it; anything else is no crash.
    const QByteArray packed = fresh->facts.packed();
    const auto unpacked = unpackFacts(packed);
    if (!unpacked || packFacts(*unpacked) != packed)
        qFatal("packed facts are not what was packed");
    for (QByteArray damaged : {bytes, packed}) {
        if (!damaged.isEmpty())
            damaged[static_cast<qsizetype>(qHash(bytes) % static_cast<size_t>(damaged.size()))] ^= 0x55;
        if (const auto any = unpackFacts(damaged))
            result += static_cast<quint64>(packFacts(*any).size());
    }
    for (const QString &path : {u"package.json"_s, u".env"_s, u"bunfig.toml"_s, u"bun.lock"_s})
        result += change::compareConfig(path, bytes, edited).any ? 1 : 0;
    return result;
}
