// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The generations of the selected plugin. Only the server knows them, so they come a moment later.
#include "source.h"
#include "views/generationrow.h"
#include "views/inspector.h"

#include <QPointer>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace paddock::ui {

void Inspector::addGenerations(const QString &plugin)
{
    const bool answers = m_source->server().agent == session::AgentState::Connected &&
                         m_source->server().state == session::ServerState::Running;
    const int generation = m_source->pluginGenerations().value(plugin);
    const QString key = u"%1/%2/%3"_s.arg(plugin).arg(generation).arg(m_source->server().pid);
    if (answers && m_generationsAsked != key) {
        m_generationsAsked = key;
        askForGenerations(plugin);
    }
    if (m_generationsOf != plugin || m_generations.size() < 2)
        return; // one alone is what “Generation” above says
    addSection(tr("Generations"));
    for (auto it = m_generations.crbegin(); it != m_generations.crend(); ++it) {
        auto *row = new GenerationRow(*it, answers, m_content);
        connect(row, &GenerationRow::putBackRequested, this,
                [this, plugin](int wanted) { Q_EMIT rollbackRequested(plugin, wanted); });
        m_column->addWidget(row);
    }
}

void Inspector::askForGenerations(const QString &plugin)
{
    const QPointer<Source> source = m_source;
    const QString key = m_generationsAsked;
    m_source->generations(plugin).then(
        this, [this, source, plugin, key](const Result<QList<session::PluginGeneration>> &list) {
            if (source != m_source || key != m_generationsAsked)
                return; // another one is shown by now
            m_generationsOf = plugin;
            m_generations = list.value_or(QList<session::PluginGeneration>());
            refresh();
        });
}

} // namespace paddock::ui
