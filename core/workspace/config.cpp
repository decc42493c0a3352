// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/config.h"

#include "syntax/ast.h"
#include "workspace/lower.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <algorithm>
#include <array>

namespace paddock::workspace {

using namespace Qt::StringLiterals;

namespace {

QStringView fileName(QStringView path)
{
    return path.sliced(path.lastIndexOf(u'/') + 1);
}

QString withoutDot(QString path)
{
    while (path.startsWith("./"_L1))
        path.remove(0, 2);
    return path;
}

QString joined(const QString &dir, const QString &path)
{
    const QString clean = QDir::cleanPath(dir.isEmpty() ? path : dir + u'/' + path);
    return clean == "."_L1 ? QString() : clean;
}

/// Blanks comments and trailing commas, so that offsets and lines stay as they are.
QByteArray strictJson(QByteArray text)
{
    qsizetype comma = -1;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                if (text[i] == '\\')
                    ++i;
            }
            comma = -1;
        } else if (c == '/' && i + 1 < text.size() && text[i + 1] == '/') {
            while (i < text.size() && text[i] != '\n')
                text[i++] = ' ';
        } else if (c == '/' && i + 1 < text.size() && text[i + 1] == '*') {
            for (; i < text.size() && !(text[i] == '*' && i + 1 < text.size() && text[i + 1] == '/'); ++i) {
                if (text[i] != '\n')
                    text[i] = ' ';
            }
            if (i + 1 < text.size())
                text[i] = text[i + 1] = ' ';
        } else if (c == ',') {
            comma = i;
        } else if (c == '}' || c == ']') {
            if (comma >= 0)
                text[comma] = ' ';
            comma = -1;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            comma = -1;
        }
    }
    return text;
}

Result<QByteArray> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(u"unreadable"_s, u"%1 cannot be read: %2."_s.arg(path, file.errorString()),
                    u"Check the rights of the file."_s, path);
    return file.readAll();
}

void readTsconfig(const QString &root, const QString &relative, Config &config, QList<Diagnostic> &notes, int depth)
{
    QFile file(root + u'/' + relative);
    if (depth > 8 || !file.open(QIODevice::ReadOnly))
        return;
    QString error;
    int line = 0;
    const QJsonObject json = parseLenientJson(file.readAll(), &error, &line);
    if (!error.isEmpty()) {
        notes.append({u"warning"_s, u"bad-tsconfig"_s, relative, line, u"%1 is not valid: %2"_s.arg(relative, error)});
        return;
    }
    const QString dir = QFileInfo(relative).path() == "."_L1 ? QString() : QFileInfo(relative).path();
    const QJsonValue extends = json["extends"_L1];
    const QJsonArray parents = extends.isArray() ? extends.toArray() : QJsonArray{extends};
    for (const QJsonValue &parent : parents) {
        QString path = parent.toString();
        if (!path.startsWith(u'.'))
            continue; // a package: it rarely defines paths of this workspace
        path = joined(dir, path);
        readTsconfig(root, path.endsWith(".json"_L1) ? path : path + ".json"_L1, config, notes, depth + 1);
    }
    const QJsonObject options = json["compilerOptions"_L1].toObject();
    QString base = dir;
    if (const QString baseUrl = options["baseUrl"_L1].toString(); !baseUrl.isEmpty()) {
        base = joined(dir, baseUrl);
        config.baseDirs = {base};
    }
    const QJsonObject paths = options["paths"_L1].toObject();
    if (!paths.isEmpty())
        config.paths.clear(); // as the compiler does: paths are replaced, not merged
    for (auto it = paths.begin(); it != paths.end(); ++it) {
        QStringList targets;
        for (const QJsonValue &target : it.value().toArray())
            targets.append(joined(base, target.toString()));
        config.paths.append({it.key(), targets});
    }
}

/// Follows constants of the same file.
ExprPtr settled(const FileFacts &facts, ExprPtr e, int depth = 0)
{
    using K = Expr::Kind;
    while (e && depth++ < 16) {
        if (e->is(K::Cast) || e->is(K::Satisfies) || e->is(K::Await)) {
            e = e->children[0];
        } else if (e->is(K::Name)) {
            const Declaration *d = facts.declaration(e->text);
            e = d ? d->value : ExprPtr();
        } else if (e->is(K::Call) && e->children.size() == 2) {
            e = e->children[1]; // defineConfig({ … })
        } else {
            break;
        }
    }
    return e;
}

ExprPtr property(const FileFacts &facts, const ExprPtr &object, QStringView name)
{
    if (!object || !object->is(Expr::Kind::Object))
        return {};
    for (const Property &p : object->properties()) {
        if (p.name == name)
            return settled(facts, p.value);
    }
    return {};
}

void readFrameworkConfig(const QString &root, Config &config, QList<Diagnostic> &notes)
{
    static constexpr std::array names = {"donkeylabs.config.ts"_L1, "donkeylabs.config.js"_L1,
                                         "donkeylabs.config.mjs"_L1, "donkeylabs.config.mts"_L1};
    for (const QLatin1StringView name : names) {
        QFile file(root + u'/' + name);
        if (!file.exists())
            continue;
        config.hasConfigFile = true;
        if (!file.open(QIODevice::ReadOnly)) {
            notes.append({u"error"_s, u"unreadable"_s, name, 0, u"%1 cannot be read."_s.arg(name)});
            return;
        }
        syntax::Parser parser;
        const auto tree = parser.parse(file.readAll(), *syntax::languageOf(QString(name)));
        if (!tree)
            return;
        const syntax::Ast ast(*tree);
        const FileFacts facts = Lowerer(ast).run();
        if (facts.errorLine > 0)
            notes.append({u"error"_s, u"syntax"_s, name, facts.errorLine, u"%1 does not parse."_s.arg(name)});
        const Declaration *d = nullptr;
        for (const Export &e : facts.exports) {
            if (e.name == "default"_L1)
                d = facts.declaration(e.local);
        }
        const ExprPtr object = d ? settled(facts, d->value) : ExprPtr();
        const auto text = [&](const ExprPtr &from, QStringView key) {
            const ExprPtr e = property(facts, from, key);
            return e && e->is(Expr::Kind::String) ? withoutDot(e->text) : QString();
        };
        if (!object || !object->is(Expr::Kind::Object)) {
            notes.append({u"warning"_s, u"config-not-static"_s, name, d ? d->line : 0,
                          u"The configuration is computed when it runs; the usual folders are assumed."_s});
            return;
        }
        if (const ExprPtr plugins = property(facts, object, u"plugins"); plugins && plugins->is(Expr::Kind::Array)) {
            for (const ExprPtr &item : plugins->children) {
                const ExprPtr pattern = settled(facts, item);
                if (!pattern || !pattern->is(Expr::Kind::String))
                    continue;
                if (pattern->text.startsWith("./"_L1))
                    notes.append({u"warning"_s, u"plugin-pattern-dot"_s, name, pattern->line,
                                  u"Type generation finds no plugin through a pattern that starts with \"./\": write "
                                  "\"%1\"."_s.arg(withoutDot(pattern->text))});
                config.plugins.append(withoutDot(pattern->text));
            }
        }
        config.outDir = text(object, u"outDir");
        config.entry = text(object, u"entry");
        config.clientOutput = text(property(facts, object, u"client"), u"output");
        return;
    }
}

/// The file that a condition of "exports" names: "./src/index.ts", { "bun": …, "import": … }, or one of a list.
QString exportTarget(const QJsonValue &value, int depth = 0)
{
    if (value.isString())
        return value.toString();
    if (depth > 8)
        return {};
    for (const QJsonValue &one : value.toArray()) {
        if (const QString target = exportTarget(one, depth + 1); !target.isEmpty())
            return target;
    }
    for (const auto condition : {"bun"_L1, "import"_L1, "module"_L1, "require"_L1, "node"_L1, "default"_L1}) {
        if (const QString target = exportTarget(value[condition], depth + 1); !target.isEmpty())
            return target;
    }
    return {};
}

/// The packages of a monorepo: their names lead to their sources, whether or not they are installed or built.
void readPackages(const QString &root, const QStringList &patterns, Config &config)
{
    QStringList folders;
    for (const QString &pattern : patterns) {
        const qsizetype star = pattern.indexOf(u'*');
        if (star < 0) {
            folders.append(pattern);
            continue;
        }
        const QString parent = pattern.first(pattern.lastIndexOf(u'/', star) + 1);
        for (const QString &name :
             QDir(root + u'/' + parent).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name))
            folders.append(parent + name);
    }
    for (QString folder : std::as_const(folders)) {
        if (folder.endsWith(u'/'))
            folder.chop(1);
        QFile file(root + u'/' + folder + u"/package.json"_s);
        if (folder.startsWith(u'!') || !file.open(QIODevice::ReadOnly))
            continue;
        const QJsonObject json = parseLenientJson(file.readAll());
        const QString name = json["name"_L1].toString();
        if (name.isEmpty())
            continue;
        // What is built may not be there, and what it was built from changes first.
        const auto places = [&](const QString &target) {
            QStringList result;
            const QString path = folder + u'/' + withoutDot(target);
            static const QRegularExpression built(uR"(^(.*)/(?:dist|build|lib|out)/(.*)\.[cm]?js$)"_s);
            if (const auto match = built.match(path); match.hasMatch())
                result << match.captured(1) + u"/src/"_s + match.captured(2) + u".ts"_s;
            return result << path;
        };
        const QJsonValue exported = json["exports"_L1];
        QStringList whole;
        if (const QString main = exportTarget(exported); !main.isEmpty())
            whole += places(main);
        for (const QString &key : exported.toObject().keys()) {
            if (!key.startsWith(u'.'))
                continue;
            const QString target = exportTarget(exported[key]);
            if (key == "."_L1)
                whole += target.isEmpty() ? QStringList() : places(target);
            else if (!target.isEmpty())
                config.paths.append({name + key.sliced(1), places(target)});
        }
        for (const auto key : {"module"_L1, "main"_L1}) {
            if (json[key].isString())
                whole += places(json[key].toString());
        }
        config.paths.append({name, whole << folder + u"/src/index"_s << folder + u"/index"_s});
        if (exported.isUndefined())
            config.paths.append({name + u"/*"_s, {folder + u"/*"_s, folder + u"/src/*"_s}});
    }
}

} // namespace

QJsonObject parseLenientJson(const QByteArray &text, QString *error, int *line)
{
    QByteArray clean = strictJson(text);
    if (clean.startsWith("\xEF\xBB\xBF"))
        clean.remove(0, 3);
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(clean, &problem);
    if (problem.error != QJsonParseError::NoError || !document.isObject()) {
        if (error)
            *error = document.isNull() ? problem.errorString() : u"not an object"_s;
        if (line)
            *line = static_cast<int>(clean.first(std::min<qsizetype>(problem.offset, clean.size())).count('\n')) + 1;
    }
    return document.object();
}

Result<Config> readConfig(const QString &root, QList<Diagnostic> &notes)
{
    Config config;
    config.name = QDir(root).dirName();
    config.frameworkName = frameworkPackage;
    if (!QFileInfo(root).isDir())
        return fail(u"no-workspace"_s, u"%1 is not a folder."_s.arg(root), u"Name the folder of a server project."_s,
                    root);
    readFrameworkConfig(root, config, notes);
    const QString packageFile = root + u"/package.json"_s;
    bool depends = false;
    QStringList workspacePatterns;
    if (QFileInfo::exists(packageFile)) {
        const auto bytes = readAll(packageFile);
        if (!bytes)
            return std::unexpected(bytes.error());
        QString error;
        int line = 0;
        const QJsonObject json = parseLenientJson(*bytes, &error, &line);
        if (!error.isEmpty())
            return fail(u"bad-package-json"_s, u"package.json is not valid JSON: %1 (line %2)."_s.arg(error).arg(line),
                        u"Correct package.json."_s, u"package.json:%1"_s.arg(line));
        config.name = json["name"_L1].toString(config.name);
        for (const auto key : {"dependencies"_L1, "devDependencies"_L1, "peerDependencies"_L1}) {
            const QJsonValue range = json[key].toObject()[frameworkPackage];
            if (range.isString() && !depends) {
                depends = true;
                config.frameworkVersion = range.toString();
            }
        }
        depends |= json["name"_L1].toString() == frameworkPackage;
        const QJsonObject scripts = json["scripts"_L1].toObject();
        static const QRegularExpression sourceFile(uR"((?:^|[\s"'])(\.?[\w./-]+\.(?:ts|tsx|js|mjs))(?=$|[\s"']))"_s);
        for (const auto script : {"dev"_L1, "start"_L1, "serve"_L1}) {
            auto matches = sourceFile.globalMatch(scripts[script].toString());
            while (matches.hasNext())
                config.entryHints.append(withoutDot(matches.next().captured(1)));
        }
        for (const auto key : {"module"_L1, "main"_L1}) {
            if (json[key].isString())
                config.entryHints.append(withoutDot(json[key].toString()));
        }
        const QJsonValue workspaces = json["workspaces"_L1];
        for (const QJsonValue &pattern :
             workspaces.isArray() ? workspaces.toArray() : workspaces["packages"_L1].toArray())
            workspacePatterns.append(withoutDot(pattern.toString()));
        const QJsonObject imports = json["imports"_L1].toObject();
        for (auto it = imports.begin(); it != imports.end(); ++it) {
            const QJsonValue target = it.value().isObject() ? it.value().toObject()["default"_L1] : it.value();
            config.imports.insert(it.key(), withoutDot(target.toString()));
        }
    }
    if (!depends && !config.hasConfigFile) {
        return fail(u"no-workspace"_s,
                    QFileInfo::exists(packageFile)
                        ? u"package.json in %1 does not depend on %2."_s.arg(root, frameworkPackage)
                        : u"%1 holds neither package.json nor donkeylabs.config.ts."_s.arg(root),
                    u"Name the folder of a server project, or add the dependency."_s, root);
    }
    QFile installed(root + u"/node_modules/"_s + frameworkPackage + u"/package.json"_s);
    const QString range = config.frameworkVersion;
    if (!installed.exists() && (range.startsWith("file:"_L1) || range.startsWith("link:"_L1))) // not installed yet
        installed.setFileName(root + u'/' + range.sliced(5) + u"/package.json"_s);
    if (installed.open(QIODevice::ReadOnly)) {
        const QString version = parseLenientJson(installed.readAll())["version"_L1].toString();
        if (!version.isEmpty())
            config.frameworkVersion = version;
    }
    if (config.outDir.isEmpty())
        config.outDir = u".@donkeylabs/server"_s;
    for (const auto name : {"tsconfig.json"_L1, "jsconfig.json"_L1}) {
        if (QFileInfo::exists(root + u'/' + name)) {
            readTsconfig(root, name, config, notes, 0);
            break;
        }
    }
    readPackages(root, workspacePatterns, config); // paths of tsconfig.json come first
    const bool svelte =
        QFileInfo::exists(root + u"/svelte.config.js"_s) || QFileInfo::exists(root + u"/svelte.config.ts"_s);
    const bool hasLib = std::ranges::any_of(config.paths, [](const auto &p) { return p.first == "$lib/*"_L1; });
    if (svelte && !hasLib) {
        config.paths.append({u"$lib"_s, {u"src/lib"_s}});
        config.paths.append({u"$lib/*"_s, {u"src/lib/*"_s}});
    }
    return config;
}

bool isLockFile(QStringView path)
{
    static constexpr std::array names = {"bun.lock"_L1,  "bun.lockb"_L1,      "package-lock.json"_L1,
                                         "yarn.lock"_L1, "pnpm-lock.yaml"_L1, "npm-shrinkwrap.json"_L1};
    return std::ranges::any_of(names, [path](auto name) { return path == name; });
}

bool isEnvFile(QStringView path)
{
    return !path.contains(u'/') && (path == ".env"_L1 || path.startsWith(".env."_L1));
}

bool isConfigFile(QStringView path)
{
    if (path.contains(u'/'))
        return false;
    return path == "package.json"_L1 || path == "bunfig.toml"_L1 || isLockFile(path) || isEnvFile(path) ||
           path.startsWith("donkeylabs.config."_L1) ||
           ((path.startsWith("tsconfig"_L1) || path == "jsconfig.json"_L1) && path.endsWith(".json"_L1));
}

bool isIgnoredFolder(QStringView path, const Config &config)
{
    static constexpr std::array anywhere = {"node_modules"_L1, "coverage"_L1, "__snapshots__"_L1};
    static constexpr std::array atRoot = {"dist"_L1, "build"_L1, "out"_L1};
    const QStringView name = fileName(path);
    const QString outDir = config.outDir;
    const auto within = [](QStringView inner, QStringView outer) {
        return inner == outer || (inner.startsWith(outer) && inner[outer.size()] == u'/');
    };
    if (!outDir.isEmpty() && (within(path, outDir) || within(outDir, path)))
        return false;
    if (name.startsWith(u'.'))
        return name != ".@donkeylabs"_L1; // the usual place of generated files
    return std::ranges::any_of(anywhere, [name](auto n) { return name == n; }) ||
           std::ranges::any_of(atRoot, [path](auto n) { return path == n; });
}

bool isTestFile(QStringView path)
{
    return path.contains(".test."_L1) || path.contains(".spec."_L1) || path.contains("__tests__/"_L1) ||
           path.startsWith("test/"_L1) || path.startsWith("tests/"_L1) || path.contains("/tests/"_L1) ||
           path.contains("/test/"_L1);
}

} // namespace paddock::workspace
