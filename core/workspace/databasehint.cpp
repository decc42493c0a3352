// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/databasehint.h"

#include "workspace/model.h"

#include <algorithm>

namespace paddock::workspace {

using namespace Qt::StringLiterals;
using EK = Expr::Kind;

namespace {

constexpr int maxDepth = 24;

class Finder final
{
public:
    Finder(const ProjectData &data, const QProcessEnvironment &environment) : m_lookup(data), m_environment(environment)
    {}

    QString in(const SourceFile &file) const
    {
        const FramePtr frame = Lookup::frameOf(file);
        for (const Declaration &d : file.facts->declarations) {
            if (const QString found = in(d.value, frame, 0); !found.isEmpty())
                return found;
        }
        for (const Step &step : file.facts->steps) {
            if (const QString found = in(step.expr, frame, 0); !found.isEmpty())
                return found;
        }
        return {};
    }

private:
    QString in(const ExprPtr &e, const FramePtr &frame, int depth) const
    {
        if (!e || depth > maxDepth)
            return {};
        if (e->is(EK::New) && e->children.size() > 1 && opensSqlite(e->children[0], frame)) {
            if (const QString file = text({e->children[1], frame}, depth + 1); !file.isEmpty() && file[0] != u':')
                return file;
        }
        QString found;
        const auto look = [&](const ExprPtr &child, const FramePtr &within) {
            if (found.isEmpty())
                found = in(child, within, depth + 1);
        };
        for (const ExprPtr &child : e->children)
            look(child, frame);
        for (const Property &p : e->properties())
            look(p.value, frame);
        if (e->function()) {
            const FramePtr inner = std::make_shared<const Frame>(Frame{frame->file, e->function(), frame, {}});
            for (const Declaration &d : e->function()->body->locals)
                look(d.value, inner);
            for (const ExprPtr &value : e->function()->body->returns)
                look(value, inner);
        }
        return found;
    }

    bool opensSqlite(const ExprPtr &callee, const FramePtr &frame) const
    {
        if (!callee || !callee->is(EK::Name))
            return false;
        const Target target = m_lookup.name(callee->text, frame);
        return target.isExternal() && (target.specifier == "bun:sqlite"_L1 || target.specifier == "better-sqlite3"_L1 ||
                                       target.specifier == "node:sqlite"_L1);
    }

    QString text(const Ref &ref, int depth) const
    {
        if (!ref.isValid() || depth > maxDepth)
            return {};
        const Expr &e = *ref.expr;
        if (e.is(EK::Choice)) { // process.env.DB_FILE ?? "data/app.db": the first that is known
            for (const ExprPtr &child : e.children) {
                if (const QString found = text({child, ref.frame}, depth + 1); !found.isEmpty())
                    return found;
            }
            return {};
        }
        if (e.is(EK::Member) && e.children[0] && e.children[0]->is(EK::Member, u"env"))
            return m_environment.value(e.text);
        if (e.is(EK::Name)) {
            const Target target = m_lookup.name(e.text, ref.frame);
            if (target.parameter)
                return target.parameter->value ? text({target.parameter->value, target.frame}, depth + 1) : QString();
            if (target.declaration && target.declaration->value)
                return text({target.declaration->value, target.frame}, depth + 1);
            return {};
        }
        return m_lookup.text(ref).value_or(QString());
    }

    Lookup m_lookup;
    const QProcessEnvironment &m_environment;
};

} // namespace

QString databaseHint(const ProjectState &state, const QProcessEnvironment &environment)
{
    const ProjectData &data = state.data();
    const Finder finder(data, environment);
    QStringList files(data.model().loaded.begin(), data.model().loaded.end());
    files.sort();
    for (const QString &path : std::as_const(files)) {
        const SourceFile *file = data.files.find(path);
        if (!file)
            continue;
        const bool opens = std::ranges::any_of(file->facts->imports, [](const Import &i) {
            return i.specifier.endsWith(":sqlite"_L1) || i.specifier == "better-sqlite3"_L1;
        });
        if (const QString found = opens ? finder.in(*file) : QString(); !found.isEmpty())
            return found;
    }
    return {};
}

} // namespace paddock::workspace
