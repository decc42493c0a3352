// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/inspector.h"

#include "models/roles.h"
#include "source.h"
#include "sourcemodels.h"
#include "theme/icons.h"
#include "widgets/misc.h"
#include "widgets/paint.h"
#include "words.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace paddock::ui {

using models::NodeKind;

namespace {

constexpr int LabelWidth = 76; ///< of a fact; in a narrow dock its text needs the rest

/// A row that goes somewhere: icon and text in line with the facts above it, a soft ground under the pointer.
class LinkRow final : public QAbstractButton
{
public:
    LinkRow(QString icon, const QString &text, QWidget *parent) : QAbstractButton(parent), m_icon(std::move(icon))
    {
        setText(text);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setFixedHeight(qMax(26, fontMetrics().height() + 10));
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    }

    [[nodiscard]] QSize sizeHint() const override { return {120, height()}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Theme::tokens();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse() || hasFocus()) {
            painter.setPen(hasFocus() ? QPen(t.accent, 1.5) : QPen(Qt::NoPen));
            painter.setBrush(underMouse() ? t.hover : t.surface);
            painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
        }
        paint::icon(&painter, QRectF(8, 0, 16, height()), m_icon, t.faint);
        paint::text(&painter, QRectF(32, 0, width() - 40, height()), text(), Theme::uiFont(),
                    underMouse() ? t.accent : t.text, Qt::AlignLeft, Qt::ElideMiddle);
    }

private:
    QString m_icon;
};

/// A label and what it says: beside each other where that takes no more than the line, else below each other, so that
/// long texts have the whole width.
class FactRow final : public QWidget
{
public:
    FactRow(QString label, QString text, const QFont &font, QWidget *parent)
        : QWidget(parent), m_label(std::move(label)), m_text(std::move(text))
    {
        setFont(font);
        setAccessibleName(m_label + u": "_s + m_text);
        QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }

    [[nodiscard]] QSize sizeHint() const override { return {120, heightForWidth(qMax(120, width()))}; }
    [[nodiscard]] int heightForWidth(int width) const override
    {
        const QPointF at = textAt(width);
        const qreal height = at.y() + paint::wrapped(m_text, font(), width - at.x(), 100);
        const int below = at.x() > 0 ? 0 : 4; // so that it stands closer to its own label than to the next
        return int(std::ceil(qMax(qreal(labelHeight()), height))) + below;
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QPointF at = textAt(width());
        paint::text(&painter, QRectF(0, 0, at.y() > 0 ? width() : LabelWidth, labelHeight()), m_label, Theme::uiFont(),
                    Theme::tokens().muted);
        painter.setPen(Theme::tokens().text);
        paint::wrapped(m_text, font(), width() - at.x(), 100, &painter, at);
    }

    void mouseDoubleClickEvent(QMouseEvent *) override { QApplication::clipboard()->setText(m_text); }

private:
    [[nodiscard]] static int labelHeight() { return QFontMetrics(Theme::uiFont()).height(); }
    [[nodiscard]] QPointF textAt(int width) const
    {
        constexpr int Gap = 8;
        const QFontMetricsF metrics(font());
        qreal widest = 0;
        for (const QString &line : m_text.split(u'\n'))
            widest = qMax(widest, metrics.horizontalAdvance(line));
        if (widest > width - LabelWidth - Gap)
            return QPointF(0, labelHeight());
        return QPointF(LabelWidth + Gap, qMax(0.0, (labelHeight() - metrics.height()) / 2));
    }

    QString m_label, m_text;
};

} // namespace

Inspector::Inspector(SourceModels *models, QWidget *parent) : QScrollArea(parent), m_models(models)
{
    setObjectName(u"inspector"_s);
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    connect(models, &SourceModels::treeUpdated, this, &Inspector::refresh);
    connect(Theme::instance(), &Theme::changed, this, &Inspector::refresh);
    rebuild();
}

void Inspector::setSource(Source *source)
{
    m_source = source;
    show({});
}

void Inspector::show(const QModelIndex &index)
{
    if (m_index == index && index.isValid())
        return;
    m_index = index;
    rebuild();
}

void Inspector::refresh()
{
    if (m_isDirty)
        return;
    m_isDirty = true;
    QTimer::singleShot(0, this, [this] {
        m_isDirty = false;
        rebuild();
    });
}

void Inspector::addHeading(const QString &icon, const QString &title, const QString &kind)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->setContentsMargins(8, 0, 8, 0);
    auto *image = new QLabel(m_content);
    image->setPixmap(icons::pixmap(icon, Theme::tokens().accent, 20, devicePixelRatioF()));
    row->addWidget(image, 0, Qt::AlignTop);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(0);
    auto *label = new WrapLabel(title, Theme::titleFont(), m_content);
    label->setObjectName(u"inspectorTitle"_s);
    texts->addWidget(label);
    texts->addWidget(mutedLabel(kind, m_content));
    row->addLayout(texts, 1);
    m_column->addLayout(row);
    m_column->addSpacing(12);
}

void Inspector::addFact(const QString &label, const QString &text, bool isCode)
{
    if (text.isEmpty())
        return;
    auto *row = new QHBoxLayout;
    row->setContentsMargins(8, 0, 8, 0);
    row->addWidget(new FactRow(label, text, isCode ? Theme::smallMonoFont() : Theme::uiFont(), m_content));
    m_column->addLayout(row);
    m_column->addSpacing(4);
}

void Inspector::addError(const QString &text)
{
    if (text.isEmpty())
        return;
    auto *label = new WrapLabel(text, Theme::uiFont(), m_content);
    QPalette palette = label->palette();
    palette.setColor(QPalette::Window, Theme::tokens().errorSoft);
    label->setPalette(palette);
    label->setBackgroundRole(QPalette::Window);
    setInk(label, Theme::tokens().error);
    label->setAutoFillBackground(true);
    label->setMargin(8);
    m_column->addWidget(label);
    m_column->addSpacing(8);
}

void Inspector::addSection(const QString &title)
{
    m_column->addSpacing(8);
    m_column->addWidget(new Rule(Qt::Horizontal, m_content));
    m_column->addSpacing(12);
    QLabel *label = mutedLabel(title, m_content);
    label->setIndent(8);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    m_column->addWidget(label);
    m_column->addSpacing(4);
}

void Inspector::addLink(const QString &icon, const QString &text, const QString &toolTip,
                        const std::function<void()> &action)
{
    auto *link = new LinkRow(icon, text, m_content);
    link->setToolTip(toolTip.isEmpty() ? text : toolTip);
    connect(link, &QAbstractButton::clicked, this, [action] { action(); });
    m_column->addWidget(link);
}

void Inspector::addButton(QPushButton *button)
{
    auto *row = new QHBoxLayout;
    row->setContentsMargins(8, 0, 8, 0);
    row->addWidget(button);
    row->addStretch();
    m_column->addLayout(row);
}

void Inspector::addPlugin(const QString &name, const QModelIndex &index)
{
    const auto &plugins = m_source->workspace().plugins;
    const auto plugin = std::ranges::find(plugins, name, &workspace::Plugin::name);
    if (plugin == plugins.end())
        return;
    QJsonObject live;
    const QJsonObject inspection = m_source->inspection();
    for (const QJsonValue &value : inspection["plugins"_L1].toArray()) {
        if (value["name"_L1].toString() == name)
            live = value.toObject();
    }
    addHeading(u"plugin"_s, name,
               plugin->version.isEmpty() ? tr("Plugin") : tr("Plugin, version %1").arg(plugin->version));
    addError(index.data(models::ErrorRole).toString());
    const int generation = m_source->pluginGenerations().value(name);
    addFact(tr("State"), live.isEmpty() ? tr("Not loaded") : tr("In service"));
    addFact(tr("Generation"), generation > 0 ? QString::number(generation) : QString());
    if (const int back = m_source->rolledBack().value(name); back > 0)
        addFact(tr("Put back"),
                tr("Rolled back to generation %1; the next save of this plugin goes on from disk").arg(back));
    if (const double ms = live["initMs"_L1].toDouble(); ms > 0)
        addFact(tr("Init took"), words::duration(ms));
    addFact(tr("Config"), plugin->configType, true);
    addFact(tr("Schema"), plugin->schemaType, true);
    addFact(tr("Errors"), plugin->errors.join(u'\n'));
    const QString file = plugin->file;
    const int line = plugin->line;
    addLink(u"open"_s, line > 0 ? u"%1:%2"_s.arg(file).arg(line) : file, tr("Open in editor"),
            [this, file, line] { Q_EMIT openRequested(file, line); });
    const auto pluginLinks = [&](const QString &title, const QString &icon, const QStringList &names) {
        if (names.isEmpty())
            return;
        addSection(title);
        for (const QString &other : names)
            addLink(icon, other, {}, [this, other] { Q_EMIT pluginRequested(other); });
    };
    QStringList dependants;
    for (const workspace::Plugin &other : plugins) {
        if (other.dependencies.contains(name))
            dependants.append(other.name);
    }
    pluginLinks(tr("Depends on"), u"dependency"_s, plugin->dependencies);
    pluginLinks(tr("Used by"), u"dependant"_s, dependants);
    if (!plugin->methods.isEmpty()) {
        addSection(tr("Methods"));
        for (const workspace::Method &method : plugin->methods) {
            const int at = method.line;
            const QString written = method.file.isEmpty() ? file : method.file;
            addLink(u"method"_s, method.name, method.signature,
                    [this, written, at] { Q_EMIT openRequested(written, at); });
        }
    }
    addGenerations(name);
    const QJsonArray undisposed = live["ledger"_L1]["undisposed"_L1].toArray();
    if (!undisposed.isEmpty()) {
        addSection(tr("Left behind by earlier generations"));
        for (const QJsonValue &value : undisposed) {
            const QString where = value["file"_L1].toString();
            const int at = value["line"_L1].toInt();
            addLink(u"warning"_s, u"%1  %2:%3"_s.arg(value["kind"_L1].toString(), where).arg(at),
                    value["note"_L1].toString(), [this, where, at] { Q_EMIT openRequested(where, at); });
        }
    }
    m_column->addSpacing(12);
    auto *reload = new QPushButton(icons::get(u"swap"_s), tr("Reload plugin"), m_content);
    reload->setObjectName(u"inspectorReload"_s);
    reload->setEnabled(m_source->server().agent == session::AgentState::Connected);
    reload->setToolTip(reload->isEnabled() ? tr("Load its code afresh and swap it in")
                                           : tr("The server is not running"));
    connect(reload, &QPushButton::clicked, this, [this, name] { Q_EMIT reloadRequested(name); });
    addButton(reload);
}

void Inspector::rebuild()
{
    const int scrolled = m_content ? widget()->y() : 0;
    m_content = new QWidget;
    m_content->setBackgroundRole(QPalette::Base);
    m_content->setAutoFillBackground(true);
    m_column = new QVBoxLayout(m_content);
    m_column->setContentsMargins(8, 12, 8, 16);
    m_column->setSpacing(0);
    const QModelIndex index = m_index;
    const auto kind = NodeKind(index.data(models::KindRole).toInt());
    const QString name = index.data(models::NameRole).toString();
    const QString file = index.data(models::FileRole).toString();
    const int line = index.data(models::LineRole).toInt();
    const QString owner = index.data(models::OwnerRole).toString();
    const auto location = [&] {
        if (!file.isEmpty())
            addLink(u"open"_s, line > 0 ? u"%1:%2"_s.arg(file).arg(line) : file, tr("Open in editor"),
                    [this, file, line] { Q_EMIT openRequested(file, line); });
    };
    const auto ownerLink = [&] {
        if (!owner.isEmpty())
            addLink(u"plugin"_s, owner, tr("Show the plugin"), [this, owner] { Q_EMIT pluginRequested(owner); });
    };
    if (!m_source || !index.isValid() || kind == NodeKind::Group || kind == NodeKind::Section) {
        auto *hint =
            new WrapLabel(tr("Select a plugin, a method or a route in the Workspace tree to see what is known of it."),
                          Theme::uiFont(), m_content);
        hint->setMargin(8);
        setInk(hint, Theme::tokens().muted);
        m_column->addWidget(hint);
    } else if (kind == NodeKind::Plugin) {
        addPlugin(name, index);
    } else if (kind == NodeKind::Dependency || kind == NodeKind::Dependant) {
        addHeading(icons::nameOf(int(kind)), name,
                   kind == NodeKind::Dependency ? tr("Dependency of %1").arg(owner) : tr("Depends on %1").arg(owner));
        addLink(u"plugin"_s, name, tr("Show the plugin"), [this, name] { Q_EMIT pluginRequested(name); });
    } else if (kind == NodeKind::Route) {
        const QString full = index.data(models::RecordRole).toString();
        addHeading(u"route"_s, full, tr("Route"));
        addError(index.data(models::ErrorRole).toString());
        const auto &routes = m_source->workspace().routes;
        if (const auto route = std::ranges::find(routes, full, &workspace::Route::name); route != routes.end()) {
            addFact(tr("Handler"), route->handler);
            addFact(tr("Version"), route->version);
            addFact(tr("Input"), route->hasInput ? tr("has a schema") : tr("no schema"));
            addFact(tr("Output"), route->hasOutput ? tr("has a schema") : tr("no schema"));
            addFact(tr("Middleware"), route->middleware.join(u'\n'));
        }
        location();
        m_column->addSpacing(12);
        auto *tryIt = new QPushButton(icons::get(u"send"_s), tr("Try this route"), m_content);
        connect(tryIt, &QPushButton::clicked, this, [this, full] { Q_EMIT routeRequested(full); });
        addButton(tryIt);
    } else {
        static const QHash<NodeKind, const char *> kinds{
            {NodeKind::Method, QT_TR_NOOP("Method")},         {NodeKind::Handler, QT_TR_NOOP("Handler")},
            {NodeKind::Middleware, QT_TR_NOOP("Middleware")}, {NodeKind::Event, QT_TR_NOOP("Event")},
            {NodeKind::Cron, QT_TR_NOOP("Cron task")},        {NodeKind::Migration, QT_TR_NOOP("Migration")},
            {NodeKind::Router, QT_TR_NOOP("Router")},         {NodeKind::Service, QT_TR_NOOP("Core service")}};
        addHeading(icons::nameOf(int(kind)), name, tr(kinds.value(kind, "")));
        if (kind == NodeKind::Method)
            addFact(tr("Signature"), name + index.data(models::DetailRole).toString(), true);
        else if (kind == NodeKind::Cron)
            addFact(tr("Schedule"), index.data(models::DetailRole).toString(), true);
        else if (kind == NodeKind::Migration)
            addFact(tr("State"), index.data(models::StateRole).toString());
        ownerLink();
        location();
    }
    m_column->addStretch();
    setWidget(m_content);
    m_content->move(0, scrolled);
}

} // namespace paddock::ui
